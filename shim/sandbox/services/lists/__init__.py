"""The stand-in for lists.sr.ht."""

from shim.sandbox.services.lists.service import ListsService

SERVICE = ListsService
