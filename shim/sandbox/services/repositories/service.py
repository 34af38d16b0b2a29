"""What makes up both services."""

from __future__ import annotations

from typing import ClassVar

from shim.sandbox.services.repositories.events import USER
from shim.sandbox.services.repositories.queries import RepositoryQueries
from shim.sandbox.services.service import Service
from shim.sandbox.webhooks.subscriptions import Kind


class RepositoryService(Service):
    """The base of git.sr.ht and hg.sr.ht."""

    query = RepositoryQueries()
    kinds: ClassVar[tuple[Kind, ...]] = (USER,)

    shared = ("core.graphqls", "userhooks.graphqls", "repositories/repositories.graphqls")
