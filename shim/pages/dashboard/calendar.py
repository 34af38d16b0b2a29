"""`/usage/calendar`: what ends when, and when it is switched off for a while before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import isinf

from shim.lifecycle import Lifecycle
from shim.pages.dashboard.blueprint import page
from shim.pages.formats import Page
from shim.pages.site import Site, here
from shim.pages.words import moment
from shim.sunset.pauses import EVERYTHING, active
from shim.sunset.windows import closures

_MOST_NAMED = 5


@dataclass(frozen=True)
class EventRow:
    """Something that begins, and may end, for some endpoints of a service: their number and the first of them."""

    begin: datetime
    end: datetime | None
    event: str
    service: str
    endpoints: int
    first: tuple[str, ...]


@dataclass(frozen=True)
class Pause:
    """Brownouts and sunsets that do not take place, of one service or of all (no name), until resumed (None)."""

    service: str
    until: datetime | None


@page("/usage/calendar")
def calendar() -> Page:
    """All dates in their order; those that are over come last."""
    now = moment(here().now())
    rows = sorted(events(here()), key=lambda row: (row.begin, row.event, row.service))
    ahead = [row for row in rows if (row.end or row.begin) > now]
    behind = [row for row in reversed(rows) if (row.end or row.begin) <= now]
    facts = {"now": now, "ahead": len(ahead), "pauses": _pauses(here()), "exemptions": here().config.brownout_exempt}
    return Page("calendar.html", "Calendar", EventRow, ahead + behind, facts, {})


def events(site: Site) -> Iterator[EventRow]:
    """What is declared of all endpoints: one row for those of a service to whom the same happens at once."""
    found: dict[tuple[datetime, datetime | None, str, str], list[str]] = defaultdict(list)
    for backend, endpoint in site:
        for begin, end, event in _events(backend.lifecycle(endpoint)):
            found[begin, end, event, backend.service.name].append(endpoint.name)
    for key, names in found.items():
        yield EventRow(*key, endpoints=len(names), first=tuple(names[:_MOST_NAMED]))


def _events(fate: Lifecycle) -> Iterator[tuple[datetime, datetime | None, str]]:
    brownout = "rehearsal of a brownout" if fate.rehearsal else "brownout"
    yield from ((window.begin, window.end, brownout) for window in closures(fate))
    for event in ("deprecated", "sunset", "removal"):
        if (begin := getattr(fate, event)) is not None:
            yield begin, None, event


def _pauses(site: Site) -> list[Pause]:
    """What is paused now; nothing without a store."""
    found = active(site.store, site.now()) if site.store else {}
    names = sorted(found, key=lambda name: (name != EVERYTHING, name))
    return [Pause(name, None if isinf(found[name]) else moment(found[name])) for name in names]
