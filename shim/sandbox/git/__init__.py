"""The stand-in for git.sr.ht."""

from shim.sandbox.git.service import GitService

SERVICE = GitService
