"""Upstream's own records of subscriptions and deliveries, asked for on behalf of their owner."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

from shim import crypto
from shim.services.backend import Backend
from shim.services.bridge import Named, Row
from shim.services.events import Kind, Parents
from shim.upstream import (
    LISTINGS,
    PROBE,
    Asker,
    Deadline,
    Fetch,
    FieldFailure,
    Operation,
    Refused,
    Result,
    UpstreamError,
)

PAGES = 200
"""How many pages of a list are asked for at most."""
_ONE_PAGE = {"counter": None, "listed": True, "counted": False}
Page = tuple[Sequence[Any], str | None]
Authorize = Callable[[], str]
"""Gives a new Authorization header: that of other services does not last."""


class Unasked(Exception):
    """Why upstream could not be asked, or did not tell: a line for the operator."""


class Absent(Unasked):
    """What has subscriptions is none of the user's own, or is there no more: its name is not known."""

    def __init__(self) -> None:
        super().__init__("what it hangs at is not its user's own, or is gone")


class Spent(Unasked):
    """There are no calls left."""

    def __init__(self) -> None:
        super().__init__("no more calls may be made")


class Calls:
    """How many calls may be made of upstream, by all who share this."""

    def __init__(self, most: int) -> None:
        self.left = most

    def spend(self) -> None:
        """Count a call before it is made. Raises Spent."""
        if self.left <= 0:
            raise Spent
        self.left -= 1


class Records:
    """What one service tells of its webhooks to one user. Its methods raise Unasked."""

    def __init__(
        self, backend: Backend, authorize: Authorize, user: str, caller: str = "", calls: Calls | None = None
    ) -> None:
        """`user` is a name without `~`, `caller` stands for him where calls queue up; `calls` are a bound of them."""
        self._backend, self._authorize = backend, authorize
        self._user, self._caller, self._calls = user, caller, calls
        self._parents: dict[str, dict[int, str]] = {}

    def hooks(self, kind: str, parent: str = "", place: str = "") -> list[Named]:
        """The subscriptions of a kind that were made through this shim: the user's, or of a parent by its id.

        `place` is where that was when it was known last, if it is none of the user's own.
        """
        try:
            return self._hooks(kind, parent, place)
        except (Absent, Spent):
            raise
        except Unasked:
            if not self._is_guess(kind, parent, place):
                raise
            raise Absent from None

    def _hooks(self, kind: str, parent: str, place: str) -> list[Named]:
        addresses, service = self._backend.addresses, self._backend.service.name
        path, values = (*self._kind(kind).path, "hooks"), self._place(kind, parent, place)
        fetch = self._lister(f"{kind.capitalize()}Webhooks", path, values)
        rows = self._everything("webhooks", fetch)
        opened = [(row["id"], addresses.opened(service, row["url"]) if addresses else None) for row in rows]
        named = [Named(number, each, place) for number, each in opened if each is not None]
        return [each for each in named if (each.subscription.kind, each.subscription.parent) == (kind, parent)]

    def page(self, named: Named, cursor: str | None) -> Page:
        """A page of upstream's records of a subscription's deliveries, the newest first, and the cursor behind it."""
        kind, parent = named.subscription.kind, named.subscription.parent
        by_id = parent and self._kind(kind).parents is None
        name = f"{kind.capitalize()}{'Sent' if by_id else 'Deliveries'}"
        values = {**self._place(kind, parent, named.place), "id": named.id, **_ONE_PAGE}
        return self._lister(name, (*self._kind(kind).path, "hook", "rows"), values)(cursor)

    def deliveries(self, named: Named) -> Iterator[Sequence[Row]]:
        """All of these records, page by page."""
        cursor = None
        for _ in range(PAGES):
            rows, cursor = self.page(named, cursor)
            yield rows
            if cursor is None:
                return

    def delete(self, named: Named) -> None:
        """End a subscription."""
        operation = self._operation(f"Delete{named.subscription.kind.capitalize()}Webhook")
        if self._ask(operation, {"id": named.id}).errors:
            raise Unasked(f"{self._backend.service.name}: subscription {named.id} can't be deleted")

    def _kind(self, name: str) -> Kind:
        return next(kind for kind in self._backend.service.hooks if kind.name == name)

    def _is_guess(self, kind: str, parent: str, place: str) -> bool:
        """Whether it is only known where a parent was."""
        parents = self._kind(kind).parents
        return parents is not None and bool(place) and int(parent.partition("/")[0]) not in self._names(parents)

    def _place(self, kind: str, parent: str, place: str) -> dict[str, Any]:
        """What says in operations where the subscriptions of a parent are: its id, or its owner and its name."""
        if not parent:
            return {}
        number, _, below = parent.partition("/")
        if (parents := self._kind(kind).parents) is None:
            return {"id": int(number)}
        known = self._names(parents).get(int(number))
        owner, _, name = place.partition("/") if known is None else (self._user, "", known)
        if not name:
            raise Absent
        return {"u": owner, parents.name: name, **({parents.number: int(below)} if below else {})}

    def _names(self, parents: Parents) -> dict[int, str]:
        """The names of the user's own by their ids, which are asked for once."""
        if parents.listing not in self._parents:
            fetch = self._lister(parents.listing, parents.listed, {"u": self._user})
            rows = self._everything(parents.listed[-1], fetch)
            self._parents[parents.listing] = {row["id"]: row["name"] for row in rows}
        return self._parents[parents.listing]

    def _everything(self, listing: str, fetch: Fetch) -> Sequence[Row]:
        """All rows of a list, as far as they can be had: without the network key lists may repeat (conventions 5.4)."""
        known = LISTINGS.get(f"{self._backend.service.name}.{listing}") or LISTINGS[listing]
        return self._backend.pager.everything(known, fetch, itemgetter("id")).rows

    def _lister(self, name: str, path: tuple[str, ...], values: Mapping[str, Any]) -> Fetch:
        """How to ask for a page of a list by its cursor."""
        operation = self._operation(name)
        wanted = {key: value for key, value in values.items() if key in operation.variables}

        def fetch(cursor: str | None) -> Page:
            with self._told():
                page = self._execute(operation, {**wanted, "cursor": cursor}).intact(*path)
            return page["results"], page["cursor"]

        return fetch

    def _operation(self, name: str) -> Operation:
        service = self._backend.service
        with self._told():
            era = self._backend.era.get(lambda: self._execute(PROBE, {}), Deadline(self._backend.deadline))
        if not service.operations.offered(name, era):
            raise Unasked(f"{service.name} of {era} does not tell of webhooks of this kind by their id")
        return service.operations.of(name, era)

    def _ask(self, operation: Operation, variables: Mapping[str, Any]) -> Result:
        with self._told():
            return self._execute(operation, variables)

    def _execute(self, operation: Operation, variables: Mapping[str, Any]) -> Result:
        if self._calls:
            self._calls.spend()
        asker = Asker(self._authorize(), {"User-Agent": "shim"}, self._caller)
        return self._backend.upstream.execute(operation, variables, asker, Deadline(self._backend.deadline))

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (UpstreamError, Refused, FieldFailure) as error:
            raise Unasked(f"{self._backend.service.name}: {error}") from None


def internally(network_key: str, user: str) -> Authorize:
    """The authorization of another service of the instance that asks for a user."""
    return lambda: f"Internal {crypto.internal_authorization(network_key, user, now=time.time())}"
