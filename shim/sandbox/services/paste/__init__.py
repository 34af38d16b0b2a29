"""The stand-in for paste.sr.ht."""

from shim.sandbox.services.paste.service import PasteService

SERVICE = PasteService
