"""The stand-in for git.sr.ht."""

from shim.sandbox.services.git.service import GitService

SERVICE = GitService
