"""The service lists.sr.ht."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from shim.sandbox.data.columns import Row
from shim.sandbox.instance.call import Call
from shim.sandbox.instance.caller import Caller
from shim.sandbox.services.lists import files, kinds
from shim.sandbox.services.lists.data import TABLES, with_messages
from shim.sandbox.services.lists.mutations import Mutation
from shim.sandbox.services.lists.queries import Query
from shim.sandbox.services.service import Route, Service
from shim.sandbox.webhooks.subscriptions import Kind


class ListsService(Service):
    """lists.sr.ht over a data set of either era."""

    slug = "lists"
    shared = ("core.graphqls",)
    tables = TABLES
    kinds: ClassVar[tuple[Kind, ...]] = (kinds.USER, kinds.LIST)
    unordered = frozenset({"User.emails", "Query.subscriptions"})
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

    def call(self, caller: Caller, own: str) -> Call:
        """What resolvers are to know; links lead to the address of the pages in 2024 (lists dossier, 4.1)."""
        call = super().call(caller, own)
        if not self._own_origin and not call.modern:
            call.origin = self.instance.get(self.name, "origin", own)
        return call
