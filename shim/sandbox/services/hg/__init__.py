"""The stand-in for hg.sr.ht."""

from shim.sandbox.services.hg.service import HgService

SERVICE = HgService
