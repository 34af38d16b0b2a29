"""The stand-in for meta.sr.ht."""

from shim.sandbox.services.meta.service import MetaService

SERVICE = MetaService
