"""The service meta.sr.ht."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from shim.sandbox.data.columns import Row
from shim.sandbox.services.meta import kinds
from shim.sandbox.services.meta.data import TABLES
from shim.sandbox.services.meta.mutations import Mutation
from shim.sandbox.services.meta.queries import Query
from shim.sandbox.services.service import Service, Store
from shim.sandbox.webhooks.subscriptions import Kind


class MetaService(Service):
    """meta.sr.ht over a data set of either era."""

    slug = "meta"
    shared = ("core.graphqls",)
    old_core = True
    tables = TABLES
    kinds: ClassVar[tuple[Kind, ...]] = (kinds.PROFILE,)
    random: ClassVar[frozenset[str]] = frozenset({"$.data.createSSHKey.rid"})
    query = Query()
    mutation = Mutation()

    @classmethod
    def read(cls, folder: Path) -> Row:
        """The lists; that of the webhooks has another name in 2026."""
        data = super().read(folder)
        return {"profile_webhooks": data.get("webhooks", ()), **data}

    def _open(self) -> Store:
        """The untouched state, in the words of the server's era."""
        store = super()._open()
        modern = self.era >= "2026"
        for user in store.users:
            user.settle(modern=modern)
        for key in store.ssh_keys if not modern else ():
            key.md5 = key.public.md5
        settings = self._data.get("settings", {})
        store.raw_duplicates = "duplicate key value" in settings.get("duplicate_key_text", "")
        return store
