"""One call of an old client, as a view sees it: what it wants, how to page lists for it and how to answer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any

from flask import Response
from marshmallow import Schema

from shim.crypto import SealError
from shim.rest import json
from shim.rest.body import Valid
from shim.rest.errors import Refusal
from shim.rest.page import SIZE, Page, start_of
from shim.services.asking import Asking
from shim.upstream import (
    EVERYTHING,
    LISTINGS,
    SERVER_PAGE,
    Ask,
    Beyond,
    Fetch,
    Kind,
    Listing,
    Rows,
    UpstreamError,
    Window,
)

BEYOND = "This page cannot be reached through the GraphQL API"


class Call(Asking):
    """A call in progress, with what its view needs beside asking: the body, lists by pages, answers."""

    @cached_property
    def valid(self) -> Valid:
        """The body's fields after validation."""
        return Valid(self.body, self.endpoint.fields)

    @property
    def start(self) -> int | None:
        """The bound that the query asks for."""
        return start_of(self.request.args)

    @property
    def whole(self) -> str | None:
        """A cursor for a whole list in one page, where one can be made."""
        return self.sealed(EVERYTHING)

    def sealed(self, count: int, position: str = "") -> str | None:
        """A cursor for `count` rows from a position on, where one can be made."""
        return self.backend.pager.make(count, position)

    def most(self, count: int) -> int:
        """How many rows come by a cursor for `count` of them, or by none where one can't be made."""
        return count if self.backend.pager.seals else SERVER_PAGE

    def continued(self, cursor: str, count: int) -> str:
        """A cursor of `count` rows from where another leads to; of as many as the API chose where none can be made.

        Raises the old answer to a cursor that is none of this instance.
        """
        try:
            return self.backend.pager.continued(cursor, count)
        except SealError as error:
            raise self.answers.of_upstream(UpstreamError(Kind.FAULT, "a cursor that is not this instance's")) from error

    def resource(self, name: str) -> Schema:
        """One of the schemas that the service gives to views it shares."""
        return self.backend.service.resources[name]

    def option(self, name: str) -> Any:
        """One of the service's own settings."""
        return self.backend.config.options[name]

    def lister(self, operation: str, *path: str, **variables: Any) -> Fetch:
        """How to fetch a page of the list at `path` of an operation, by its cursor."""

        def fetch(cursor: str | None) -> tuple[Sequence[Any], str | None]:
            page = self.intact(self.fetch(operation, cursor=cursor, **variables), *path)
            return page["results"], page["cursor"]

        return fetch

    def everything(self, listing: str, fetch: Fetch, key: str = "id") -> Rows:
        """Every row of one of the service's lists, by the pager that the configuration allows."""
        return self.backend.pager.everything(self._listing(listing), fetch, itemgetter(key))

    def rows_and_keys(self, operation: str) -> Ask:
        """How to ask an operation that tells `rows` of a list, and `keys` of all of it, each where it is wanted.

        What it gives raises the old answer to a hole in either.
        """

        def ask(*, size: int, counted: bool, **asked: Any) -> tuple[Any, Any]:
            result = self.fetch(operation, rows=size, listed=bool(size), counted=counted, **asked)
            return self.intact(result, "rows") if size else None, self.intact(result, "keys") if counted else None

        return ask

    def window(self, listing: str, operation: str, ask: Ask, *place: str) -> Page:
        """The page that the query asks for of one of the service's lists; `place` says which list of that kind.

        `ask` sends the operation, which is asked for no more rows at once than it may be.
        Raises the 501 for a page that can't be reached without the network key.
        """
        name = f"{self.backend.service.name}.{listing}"
        here = (name, self.owner, *place, self.caller.fingerprint)
        part = self.backend.service.most_rows(operation)
        try:
            found = self.backend.pager.window(self._listing(listing), ask, Window(self.start, SIZE, here, part))
        except Beyond:
            raise Refusal(501, BEYOND) from None
        except UpstreamError as error:
            raise self.answers.of_upstream(error) from error
        return Page(found.rows, found.next, found.total)

    def one(self, schema: Schema, operation: str, *path: str, **variables: Any) -> Response:
        """Answer with one resource."""
        return json.answer(schema.dump(self.intact(self.fetch(operation, **variables), *path)))

    def page(self, schema: Schema, page: Page) -> Response:
        """Answer with a page of resources."""
        return json.answer(page.envelope(schema.dump))

    def _listing(self, name: str) -> Listing:
        """What is known of a list of the service's, or of every service's."""
        return LISTINGS.get(f"{self.backend.service.name}.{name}") or LISTINGS[name]
