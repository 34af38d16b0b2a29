"""The service lists.sr.ht."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from shim.sandbox.data.columns import Row
from shim.sandbox.services.lists import files, kinds
from shim.sandbox.services.lists.data import TABLES, with_messages
from shim.sandbox.services.lists.mutations import Mutation
from shim.sandbox.services.lists.queries import Query
from shim.sandbox.services.service import Route, Service
from shim.sandbox.webhooks.subscriptions import Kind


class ListsService(Service):
    """lists.sr.ht over a data set of either era."""

    slug = "lists"
    shared = ("core.graphqls", "userhooks.graphqls")
    tables = TABLES
    kinds: ClassVar[tuple[Kind, ...]] = (kinds.USER, kinds.LIST)
    unordered = frozenset({"User.emails", "Query.subscriptions"})
    links_to_pages = True
    query = Query()
    mutation = Mutation()
    routes: ClassVar[Mapping[str, Route]] = {
        "email/<number>": files.email,
        "thread/<number>.mbox": files.thread,
        "patchset/<number>.mbox": files.patchset,
        "list/<number>.mbox": files.mailing_list,
    }

    @classmethod
    def read(cls, folder: Path) -> Row:
        """The lists, with the messages, which may lie in files of their own."""
        return with_messages(super().read(folder), folder)
