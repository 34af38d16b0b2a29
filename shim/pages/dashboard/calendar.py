"""`/usage/calendar`: what ends when, and when it is switched off for a while before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import isinf

from shim.pages.dashboard.blueprint import page
from shim.pages.formats import Page
from shim.pages.site import Site, here
from shim.pages.words import moment
from shim.sunset.pauses import EVERYTHING, active
from shim.sunset.schedule import Event, events, upcoming

_MOST_NAMED = 5


@dataclass(frozen=True)
class EventRow:
    """Something that happens to endpoints of a service, to all in the `whole` of it; the `first` of them are named.

    In a `rehearsal` calls are only counted.
    """

    begin: datetime
    end: datetime | None
    event: str
    rehearsal: bool
    service: str
    whole: bool
    endpoints: int
    first: tuple[str, ...]

    @classmethod
    def of(cls, event: Event) -> EventRow:
        """A row from what is declared."""
        return cls(
            begin=event.begin,
            end=event.end,
            event=event.kind.value,
            rehearsal=event.rehearsal,
            service=event.service,
            whole=event.whole,
            endpoints=len(event.endpoints),
            first=tuple(endpoint.name for endpoint in event.endpoints[:_MOST_NAMED]),
        )


@dataclass(frozen=True)
class Pause:
    """Brownouts and sunsets that do not take place, of one service or of all (no name), until resumed (None)."""

    service: str
    until: datetime | None


@page("/usage/calendar")
def calendar() -> Page:
    """All dates in their order; those that are over come last."""
    now = moment(here().now())
    known = events(here().backends.values())
    ahead = upcoming(here().backends.values(), now)
    rows = [EventRow.of(event) for event in [*ahead, *(event for event in reversed(known) if event not in ahead)]]
    facts = {"now": now, "ahead": len(ahead), "pauses": _pauses(here()), "exemptions": here().config.brownout_exempt}
    return Page("calendar.html", "Calendar", EventRow, rows, facts)


def _pauses(site: Site) -> list[Pause]:
    """What is paused now; nothing without a store."""
    found = active(site.store, site.now()) if site.store else {}
    names = sorted(found, key=lambda name: (name != EVERYTHING, name))
    return [Pause(name, None if isinf(found[name]) else moment(found[name])) for name in names]
