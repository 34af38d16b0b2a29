"""The service paste.sr.ht."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from shim.sandbox.services.paste import files
from shim.sandbox.services.paste.data import TABLES
from shim.sandbox.services.paste.hooks import USER
from shim.sandbox.services.paste.mutations import Mutation
from shim.sandbox.services.paste.queries import Query
from shim.sandbox.services.service import Route, Service
from shim.sandbox.webhooks.subscriptions import Kind


class PasteService(Service):
    """paste.sr.ht over a data set of either era."""

    slug = "paste"
    shared = ("core.graphqls", "userhooks.graphqls")
    tables = TABLES
    kinds: ClassVar[tuple[Kind, ...]] = (USER,)
    random: ClassVar[frozenset[str]] = frozenset({"$.data.create.id"})
    query = Query()
    mutation = Mutation()
    routes: ClassVar[Mapping[str, Route]] = {"blob/<sha>": files.blob}
