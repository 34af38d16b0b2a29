"""The stand-in for builds.sr.ht."""

from shim.sandbox.services.builds.service import BuildsService

SERVICE = BuildsService
