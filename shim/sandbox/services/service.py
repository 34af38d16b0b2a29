"""One service of the sandbox: a schema, a data set, the state made from it, and the answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

from flask import Response
from graphql import OperationType

from shim.sandbox.data.columns import Row, Rows, opened
from shim.sandbox.engine import gotime
from shim.sandbox.engine.coercion import strict_text
from shim.sandbox.engine.context import FIRST_CORE
from shim.sandbox.engine.cursor import Cursor
from shim.sandbox.engine.errors import FieldError, RequestError
from shim.sandbox.engine.execution import execute
from shim.sandbox.engine.schema import Schema
from shim.sandbox.engine.upload import unmarshal_upload
from shim.sandbox.engine.validation import Document
from shim.sandbox.instance.auth import authenticate
from shim.sandbox.instance.call import Call
from shim.sandbox.instance.caller import Caller
from shim.sandbox.instance.conditions import Conditions
from shim.sandbox.instance.config import Instance
from shim.sandbox.instance.tokens import legacy_tokens
from shim.sandbox.webhooks import subscriptions
from shim.sandbox.webhooks.delivery import Queue
from shim.sandbox.webhooks.subscriptions import Kind

Route = Callable[..., Response]
_SENT = ("webhooks", "deliveries")


class Store(SimpleNamespace):
    """The rows of a service: its tables by name, `webhooks` and `deliveries` by kind, `legacy_tokens` by text."""


class Service:
    """The base of the services. A subclass in `shim.sandbox.services.<slug>` gives the data, the roots and the routes.

    `tables` describe its rows, the users' first; `kinds` are those of its webhooks. `shared` names texts of this
    package that the service's own `schema.graphqls` extends. `routes` maps werkzeug rules below `/query/` to
    functions `(call, request, **arguments)`. `unordered` are the fields, as `Type.field`, whose rows come as they lie;
    `random` are the places in an answer, as JSON paths, of ids that are drawn by lot. `links_to_pages` tells whether
    the links of 2024 lead to the address of its pages, not of its API; `old_core`, whether its server of 2024 runs on
    the core of the year before (conventions 4.3).
    """

    slug: ClassVar[str]
    tables: ClassVar[tuple[Rows, ...]]
    kinds: ClassVar[tuple[Kind, ...]]
    query: ClassVar[Any]
    mutation: ClassVar[Any]
    shared: ClassVar[tuple[str, ...]] = ()
    unordered: ClassVar[frozenset[str]] = frozenset()
    random: ClassVar[frozenset[str]] = frozenset()
    routes: ClassVar[Mapping[str, Route]] = {}
    links_to_pages: ClassVar[bool] = False
    old_core: ClassVar[bool] = False

    def __init__(self, data: Path, era: str, instance: Instance, queue: Queue, *, own_origin: bool = True) -> None:
        """Load the data set in the directory `data`; links lead where a request came to, or without `own_origin`
        where the instance says. Raises OSError, ValueError or KeyError for bad data."""
        self.era = era
        self.instance = instance
        self.deliver = queue.submit
        self._own_origin = own_origin
        self.schema = Schema(self.schema_text(), era)
        self.document: Callable[[str], Document] = lru_cache(512)(self._document)
        self.scalars: Mapping[str, Callable[[Any], Any]] = {
            "Cursor": self._cursor,
            "Time": gotime.unmarshal,
            "Upload": unmarshal_upload,
            **({"String": strict_text} if self.core <= FIRST_CORE else {}),
        }
        self.writing = threading.RLock()
        self._data = self.read(data)
        self.reset(Conditions())

    @classmethod
    def read(cls, folder: Path) -> Row:
        """A data set's lists of rows. Raises OSError, ValueError or KeyError for what is none."""
        return json.loads((folder / "dataset.json").read_text("utf-8"))  # type: ignore[no-any-return]

    @classmethod
    def schema_text(cls) -> str:
        """The schema of both eras."""
        common, own = resources.files(__package__), resources.files(f"{__package__}.{cls.slug}")
        texts = (*map(common.joinpath, cls.shared), own.joinpath("schema.graphqls"))
        return "\n".join(text.read_text("utf-8") for text in texts)

    @property
    def name(self) -> str:
        """The name in grants and in the configuration."""
        return f"{self.slug}.sr.ht"

    @property
    def core(self) -> str:
        """The year of the core that it runs on."""
        return FIRST_CORE if self.old_core and self.era < "2026" else self.era

    @property
    def sequenced(self) -> bool:
        """Whether the data set tells how far its sequences are."""
        return "next_ids" in self._data or "sequences" in self._data

    def reset(self, conditions: Conditions) -> None:
        """Go back to the untouched data set."""
        with self.writing:
            self.conditions = conditions
            self.store = self._open()

    def _open(self) -> Store:
        """The untouched state."""
        hooks = [rows for kind in self.kinds for rows in subscriptions.described(kind)]
        tables = opened(self._data, (*self.tables, *hooks))
        tokens = legacy_tokens(self._data.get("legacy_tokens"), tables["users"])  # type: ignore[arg-type]
        sent = {what: {kind.name: tables.pop(f"{kind.name}_{what}") for kind in self.kinds} for what in _SENT}
        return Store(**tables, **sent, legacy_tokens=tokens)

    def authenticate(self, header: str | None, cookies: Mapping[str, str]) -> Caller:
        """Who asks. Raises AuthError."""
        return authenticate(self, header, cookies)

    def call(self, caller: Caller, own: str, address: str = "") -> Call:
        """What resolvers are to know of a request that came to the address `own` from one of a client."""
        key = "origin" if self.links_to_pages and self.era < "2026" else "api-origin"
        return Call(self, caller, own if self._own_origin else self.instance.get(self.name, key, own), address=address)

    def root(self, operation: str) -> Any:
        """The object whose attributes are the root fields."""
        return self.mutation if operation == "mutation" else self.query

    def answer(
        self,
        call: Call,
        query: str,
        variables: Mapping[str, Any] | None = None,
        name: str | None = None,
        *,
        read_only: bool = False,
    ) -> dict[str, Any]:
        """Execute an operation. Mutations run one at a time.

        Raises RequestError for a request that is refused as a whole, DiedError where the real process dies.
        """
        document = self.document(query)
        operation = document.operation(name)
        if operation.operation is not OperationType.MUTATION:
            return execute(call, document, operation, variables or {})
        if read_only:
            raise RequestError(406, {"message": "GET requests only allow query operations"})
        with self.writing:
            return execute(call, document, operation, variables or {})

    def _document(self, text: str) -> Document:
        return Document.read(text, self.schema.typed)

    def _cursor(self, value: Any) -> Cursor:
        if type(value) is not str:
            raise FieldError("cursor must be strings")
        return Cursor.unseal(value, self.instance.network_key)
