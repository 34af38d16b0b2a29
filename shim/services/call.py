"""One call of an old client, as a view sees it: who asks, with what, and how to ask upstream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from copy import copy
from functools import cached_property
from operator import itemgetter
from typing import Any

from flask import Request, Response
from marshmallow import Schema
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound

from shim.crypto import SealError
from shim.rest import json
from shim.rest.body import Body, Valid
from shim.rest.caller import Caller
from shim.rest.endpoint import Endpoint
from shim.rest.errors import Crash, Refusal
from shim.rest.page import SIZE, Page, start_of
from shim.rest.peer import address, peer_of
from shim.services.answers import Answers
from shim.services.backend import Backend
from shim.services.budget import Budget
from shim.services.trace import Trace
from shim.upstream import (
    EVERYTHING,
    LISTINGS,
    PROBE,
    SERVER_PAGE,
    Ask,
    Asker,
    Beyond,
    Content,
    Deadline,
    Fetch,
    FieldFailure,
    HoldsNul,
    Kind,
    Listing,
    Operation,
    Refused,
    Result,
    Rows,
    UpstreamError,
    Window,
    loads,
)

NUL = 'pq: invalid byte sequence for encoding "UTF8": 0x00'
_WHO = loads("query Caller { me { name: username } }")["Caller"]
BEYOND = "This page cannot be reached through the GraphQL API"


class Call:
    """A call in progress.

    `owner` is the user name in the path (without `~`), None where the path means the caller's own things.
    `trace` collects how often and how long upstream was asked.
    """

    def __init__(
        self,
        backend: Backend,
        endpoint: Endpoint,
        request: Request,
        body: Body,
        caller: Caller,
        owner: str | None = None,
    ) -> None:
        self.backend, self.endpoint, self.request, self.body = backend, endpoint, request, body
        self.caller, self.owner = caller, owner
        self.trace = Trace(backend.service.name)
        self.answers = Answers(backend, endpoint, body.problems, self.trace.note)
        self._budget = Budget(None if backend.pager.seals else backend.instance.page_budget)
        self._deadline = Deadline(backend.deadline)
        self._asker = _asker(caller, request, backend)
        self._for_another = False

    @cached_property
    def era(self) -> str:
        """The era of the upstream. Raises the old answer when it can't be learned."""
        try:
            return self.backend.era.get(lambda: self._execute(PROBE, {}), self._deadline)
        except UpstreamError as error:
            raise self.answers.of_upstream(error) from error

    @property
    def deputy(self) -> Call | None:
        """This call with the operator's own credential, where the endpoint has one for callers who have none.

        What it asks counts as this call's, but says nothing of whether the caller's own credential is any good.
        """
        caller = self.backend.deputy(self.endpoint)
        if caller is None:
            return None
        other = copy(self)
        other.caller, other._for_another = caller, True
        other._asker = _asker(caller, self.request, self.backend)
        return other

    @cached_property
    def valid(self) -> Valid:
        """The body's fields after validation."""
        return Valid(self.body, self.endpoint.fields)

    @property
    def start(self) -> int | None:
        """The bound that the query asks for."""
        return start_of(self.request.args)

    @property
    def left(self) -> int:
        """How many calls upstream may still be made."""
        return self._budget.left

    @property
    def files(self) -> Mapping[str, FileStorage]:
        """The files of the body; how long the client takes to send them does not count (design 1)."""
        with self._deadline.paused():
            return self.request.files

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

    def resource(self, name: str) -> Schema:
        """One of the schemas that the service gives to views it shares."""
        return self.backend.service.resources[name]

    def option(self, name: str) -> Any:
        """One of the service's own settings."""
        return self.backend.config.options[name]

    def fetch(
        self,
        operation: str,
        repeat: Mapping[str, int] | None = None,
        *,
        rows: int = 1,
        form: str | None = None,
        **variables: Any,
    ) -> Result:
        """Ask upstream for so many rows, with some fields as often as told, in the form of another era if one is named.

        Raises the old answer when there is none at all.
        """
        chosen = self.backend.service.operations.of(operation, form or self.era)
        if self.owner is None and chosen.mine is not None:
            chosen = chosen.mine
        if repeat is not None:
            chosen = chosen.repeated(**repeat)
        result = self._send(chosen, {"u": self.owner, **variables}, rows=rows)
        if any(error.kind is Kind.UNSUITABLE for error in result.errors):
            self.backend.era.forget()
        return result

    def mutate(self, operation: str, field: str, **variables: Any) -> Any:
        """Send a mutation, once, and return the value of its field. Raises the old answer to its errors."""
        result = self.fetch(operation, **variables)
        if result.errors:
            raise self.answers.of_mutation(result.errors)
        return self.require(result, field)

    def whoami(self) -> str:
        """The caller's name, as every service tells it whose token is good. Raises the old refusals."""
        name: str = self.require(self._send(_WHO, {}), "me", "name")
        return name

    def confirm_address(self, address: str) -> None:
        """Raise 404 unless an address is the caller's own: no other one can be looked up."""
        if self.require(self.fetch("User"), "owner", "email") != address:
            raise NotFound

    def content(self, url: str) -> Content:
        """A plain resource of the API by the URL it gave, to be read as it comes and closed."""
        self._budget.spend()
        try:
            return self.backend.upstream.open(url, self._asker, self._deadline, self.trace.observe)
        except UpstreamError as error:
            raise self.answers.of_upstream(error) from error

    def download(self, url: str) -> bytes:
        """All of a plain resource, within the bounds of any answer. Raises the old answer to its absence."""
        with closing(self.content(url)) as content:
            try:
                return content.read(self.backend.upstream.limits.answer, self._deadline.remaining())
            except UpstreamError as error:
                raise self.answers.of_upstream(error) from error

    def require(self, result: Result, *path: str) -> Any:
        """A part of an answer, or the old answer to its absence."""
        try:
            return result.require(*path)
        except FieldFailure as failure:
            raise self.answers.of_failure(failure) from failure

    def intact(self, result: Result, *path: str) -> Any:
        """A part of an answer of which everything is needed, or the old answer to a hole in it."""
        try:
            return result.intact(*path)
        except FieldFailure as failure:
            raise self.answers.of_failure(failure) from failure

    def lister(self, operation: str, *path: str, **variables: Any) -> Fetch:
        """How to fetch a page of the list at `path` of an operation, by its cursor."""

        def fetch(cursor: str | None) -> tuple[Sequence[Any], str | None]:
            page = self.intact(self.fetch(operation, cursor=cursor, **variables), *path)
            return page["results"], page["cursor"]

        return fetch

    def everything(self, listing: str, fetch: Fetch, key: str = "id") -> Rows:
        """Every row of one of the service's lists, by the pager that the configuration allows."""
        return self.backend.pager.everything(self._listing(listing), fetch, itemgetter(key))

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

    def continued(self, cursor: str, count: int) -> str:
        """A cursor of `count` rows from where another leads to; of as many as the API chose where none can be made.

        Raises the old answer to a cursor that is none of this instance.
        """
        try:
            return self.backend.pager.continued(cursor, count)
        except SealError as error:
            raise self.answers.of_upstream(UpstreamError(Kind.FAULT, "a cursor that is not this instance's")) from error

    def one(self, schema: Schema, operation: str, *path: str, **variables: Any) -> Response:
        """Answer with one resource."""
        return json.answer(schema.dump(self.intact(self.fetch(operation, **variables), *path)))

    def page(self, schema: Schema, page: Page) -> Response:
        """Answer with a page of resources."""
        return json.answer(page.envelope(schema.dump))

    def _listing(self, name: str) -> Listing:
        """What is known of a list of the service's, or of every service's."""
        return LISTINGS.get(f"{self.backend.service.name}.{name}") or LISTINGS[name]

    def _send(self, operation: Operation, variables: Mapping[str, Any], *, rows: int = 1) -> Result:
        """Ask upstream for so many rows, with the old answer to its failures."""
        weight = self.backend.service.weight(operation.name, rows)
        self._budget.spend(operation, variables)
        self.trace.sent.append((operation, variables))
        try:
            result = self._execute(operation, variables, weight)
            self.trace.accepted |= not self._for_another and all(
                error.kind is not Kind.TOKEN for error in result.errors
            )
            return result
        except Refused as refused:
            raise _unsendable(refused, operation) from None
        except UpstreamError as error:
            raise self.answers.of_upstream(error) from error

    def _execute(self, operation: Operation, variables: Mapping[str, Any], weight: int = 1) -> Result:
        upstream, trace = self.backend.upstream, self.trace
        return upstream.execute(operation, variables, self._asker, self._deadline, trace.observe, weight)


def _unsendable(refused: Refused, operation: Operation) -> Exception:
    """The answer to values that are never sent: nothing is found by them, and a database says what it says of a NUL."""
    if not operation.is_mutation:
        return NotFound()
    return Refusal(400, NUL) if isinstance(refused, HoldsNul) else Crash(str(refused))


def _asker(caller: Caller, request: Request, backend: Backend) -> Asker:
    """For whom the API is asked, and from where, which its audit log notes: the address that can be believed."""
    peer = peer_of(request.environ, backend.policy.proxies) or address(request.environ.get("REMOTE_ADDR", ""))
    told = {"X-Forwarded-For": str(peer)} if peer else {}
    return Asker(caller.authorization, {"User-Agent": _user_agent(request), **told}, caller.fingerprint)


def _user_agent(request: Request) -> str:
    return f"shim (for {request.headers.get('User-Agent', 'unknown')[:100]})"
