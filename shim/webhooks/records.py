"""Upstream's own records of subscriptions and deliveries, asked for on behalf of their owner."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from shim import crypto
from shim.services.backend import Backend
from shim.services.bridge import Named, Row
from shim.upstream import PROBE, Asker, Deadline, FieldFailure, Operation, Refused, Result, UpstreamError

PAGES = 200
"""How many pages of a list are asked for at most."""
_LISTED = {"counter": None, "listed": True, "counted": False}
Authorize = Callable[[], str]
"""Gives a new Authorization header: that of other services does not last."""


class Unasked(Exception):
    """Why upstream could not be asked, or did not tell: a line for the operator."""


class Records:
    """What one service tells of its webhooks to one user. Its methods raise Unasked."""

    def __init__(self, backend: Backend, authorize: Authorize, caller: str = "") -> None:
        """`caller` stands for the user where calls queue up."""
        self._backend, self._authorize, self._caller = backend, authorize, caller

    def hooks(self, kind: str, parent: str = "") -> list[Named]:
        """The subscriptions of a kind that were made through this shim: the user's, or of a repository by its id."""
        values = {"id": int(parent)} if parent else {}
        addresses, service = self._backend.addresses, self._backend.service.name
        found: list[Named] = []
        for page in self._pages(f"{kind.capitalize()}Webhooks", ("hooks",), values):
            opened = [(row["id"], addresses.opened(service, row["url"]) if addresses else None) for row in page]
            named = [Named(number, each) for number, each in opened if each is not None]
            found += [each for each in named if (each.subscription.kind, each.subscription.parent) == (kind, parent)]
        return list({each.id: each for each in found}.values())

    def deliveries(self, named: Named) -> Iterator[Sequence[Row]]:
        """Upstream's records of a subscription's deliveries, page by page, the newest first."""
        name = "UserDeliveries" if named.subscription.kind == "user" else f"{named.subscription.kind.capitalize()}Sent"
        yield from self._pages(name, ("hook", "rows"), {"id": named.id, **_LISTED})

    def delete(self, named: Named) -> None:
        """End a subscription."""
        operation = self._operation(f"Delete{named.subscription.kind.capitalize()}Webhook")
        if self._ask(operation, {"id": named.id}).errors:
            raise Unasked(f"{self._backend.service.name}: subscription {named.id} can't be deleted")

    def _pages(self, name: str, path: tuple[str, ...], values: Mapping[str, Any]) -> Iterator[Sequence[Row]]:
        operation, cursor = self._operation(name), None
        wanted = {key: value for key, value in values.items() if key in operation.variables}
        for _ in range(PAGES):
            with self._told():
                page = self._execute(operation, {**wanted, "cursor": cursor}).intact(*path)
            yield page["results"]
            if (cursor := page["cursor"]) is None:
                return

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
