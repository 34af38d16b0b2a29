"""The stand-in for todo.sr.ht."""

from shim.sandbox.todo.service import TodoService

SERVICE = TodoService
