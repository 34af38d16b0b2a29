"""Compares what the API recorded of subscriptions with what arrived here, place by place."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import track

from shim.cli.common import BadInput
from shim.cli.webhooks.asking import Asking, Place
from shim.cli.webhooks.common import Desk
from shim.services.bridge import Check, Named
from shim.services.subscription import ends_soon
from shim.webhooks.receiving.memory import Memory
from shim.webhooks.reconciling.checks import Checks
from shim.webhooks.reconciling.reconcile import Reconciler
from shim.webhooks.reconciling.records import Absent, Records, Spent, Unasked


@dataclass
class Found:
    """What comparing came to: how many subscriptions there are, deliveries that are missing, and subscriptions that
    were deleted.

    `unreachable` is how many places of subscriptions the API does not tell of by their ids, `left` how many were left
    for another time.
    """

    subscriptions: int = 0
    missing: int = 0
    deleted: int = 0
    unreachable: int = 0
    left: int = 0
    problems: list[str] = field(default_factory=list)


class Comparison:
    """One run over all subscriptions; a `dry` one changes nothing."""

    def __init__(self, desk: Desk, asking: Asking, *, dry: bool) -> None:
        self._asking, self._dry = asking, dry
        self._checks = _checks(desk, asking, dry)

    def places(self, users: tuple[str, ...], services: tuple[str, ...]) -> list[Place]:
        """Where subscriptions hang, of all services or of those that are named. Raises BadInput for one not here."""
        for name in services:
            if name not in self._asking.services:
                there = ", ".join(sorted(self._asking.services))
                raise BadInput(f"{name!r} is no service here; there are {there}")
        places = self._asking.places(users, self._checks)
        return [place for place in places if not services or place[0] in services]

    def of(self, places: list[Place]) -> Found:
        """Compare what hangs at these places, in this order, for as long as the API may be asked."""
        found = Found()
        for number, place in enumerate(_watched(places)):
            try:
                self._compare_place(place, found)
            except Absent:
                found.unreachable += 1
            except Spent:
                found.left = len(places) - number
                break
            except Unasked as problem:
                found.problems.append(f"{place[1]}: {problem}")
            self._checks.looked(self._asking.keys.get(place, []))
        return found

    def _compare_place(self, place: Place, found: Found) -> None:
        service, user, kind, parent = place
        records = self._asking.records(service, user)
        for named in records.hooks(kind, parent, self._asking.hints.get(place, "")):
            found.subscriptions += 1
            self._compare(records, named, found)
            if ends_soon(named.subscription, time.time()):
                found.deleted += 1
                if not self._dry:
                    records.delete(named)

    def _compare(self, records: Records, named: Named, found: Found) -> None:
        """Compare what has not been of a subscription: to its end what was begun, then what is newer."""
        for _ in range(2):
            check: Check | None = self._checks.begin(named)
            goes_on = check is not None and check.cursor is not None
            while check is not None:
                number, check = self._checks.compared(check, *records.page(named, check.cursor))
                found.missing += number
            if not goes_on:
                return


def told(found: Found, places: int, dry: bool) -> Iterator[str]:
    """What comparing so many lists of subscriptions came to, a line each."""
    verb = "would be delivered" if dry else "are delivered now"
    yield f"{found.subscriptions} subscriptions compared: {found.missing} deliveries are missing and {verb}"
    if found.deleted:
        yield f"{found.deleted} subscriptions deleted, whose tokens are about to end"
    if found.unreachable:
        yield f"{found.unreachable} trackers, tickets or lists are not where they were, or are gone"
    if found.left:
        yield f"{found.left} of {places} lists of subscriptions are left for the next time"


def _watched(places: list[Place]) -> Iterable[Place]:
    """The same, with a bar on a terminal."""
    shown = Console(stderr=True)
    return track(places, "comparing", console=shown, transient=True) if shown.is_terminal else places


def _checks(desk: Desk, asking: Asking, dry_run: bool) -> Checks:
    services, outbox = [backend.service for backend in asking.services.values()], desk.parts.outbox
    reconciler = Reconciler(services, outbox, Memory(desk.store), dual=desk.config.webhook_dual)
    return Checks(outbox, reconciler, dry=dry_run)
