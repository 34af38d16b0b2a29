"""The service builds.sr.ht."""

from __future__ import annotations

from typing import ClassVar

from shim.sandbox.services.builds import kinds
from shim.sandbox.services.builds.data import TABLES
from shim.sandbox.services.builds.mutations import Mutation
from shim.sandbox.services.builds.queries import Query
from shim.sandbox.services.service import Service
from shim.sandbox.webhooks.subscriptions import Kind


class BuildsService(Service):
    """builds.sr.ht over a data set of either era."""

    slug = "builds"
    links_to_pages = True
    shared = ("core.graphqls", "userhooks.graphqls")
    tables = TABLES
    kinds: ClassVar[tuple[Kind, ...]] = (kinds.USER,)
    query = Query()
    mutation = Mutation()
