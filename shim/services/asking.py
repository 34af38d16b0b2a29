"""What is asked upstream for one call of an old client: within its bounds, failures turned into old answers."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from copy import copy
from functools import cached_property
from typing import Any, TypeVar

from flask import Request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound

from shim.rest.body import Body
from shim.rest.caller import Caller
from shim.rest.endpoint import Endpoint
from shim.rest.errors import Crash, Refusal
from shim.rest.peer import address, peer_of
from shim.services.answers import Answers
from shim.services.backend import Backend
from shim.services.budget import Budget
from shim.services.trace import Trace
from shim.upstream import (
    PROBE,
    Asker,
    Content,
    Deadline,
    FieldFailure,
    HoldsNul,
    Kind,
    Operation,
    Refused,
    Result,
    UpstreamError,
    loads,
)

NUL = 'pq: invalid byte sequence for encoding "UTF8": 0x00'
_WHO = loads("query Caller { me { name: username } }")["Caller"]
_Self = TypeVar("_Self", bound="Asking")


class Asking:
    """Asks the API for one caller.

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
    def deputy(self: _Self) -> _Self | None:
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

    @property
    def left(self) -> int:
        """How many calls upstream may still be made."""
        return self._budget.left

    @property
    def files(self) -> Mapping[str, FileStorage]:
        """The files of the body; how long the client takes to send them does not count (design 1)."""
        with self._deadline.paused():
            return self.request.files

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
