"""The stand-in for todo.sr.ht."""

from shim.sandbox.services.todo.service import TodoService

SERVICE = TodoService
