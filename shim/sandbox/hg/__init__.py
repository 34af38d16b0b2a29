"""The stand-in for hg.sr.ht."""

from shim.sandbox.hg.service import HgService

SERVICE = HgService
