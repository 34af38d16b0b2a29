"""What makes up both services."""

from __future__ import annotations

from shim.sandbox.services.service import Service


class RepositoryService(Service):
    """The base of git.sr.ht and hg.sr.ht."""

    shared = ("core.graphqls", "repositories/repositories.graphqls")
