"""The calendar that people subscribe to (RFC 5545): brownouts, sunsets and removals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from hashlib import sha256

import icalendar

from shim.services.backend import Backend
from shim.sunset.links import address
from shim.sunset.schedule import Event, Kind, events

NAME = "End of the legacy API"
_REFRESHED = timedelta(hours=12)
_SUMMARIES = {
    Kind.BROWNOUT: "{scope}: legacy API switched off for a while",
    Kind.SUNSET: "{scope}: legacy API switched off for good",
    Kind.REMOVAL: "{scope}: legacy API removed",
}
_SHOWN = 3


def calendar(backends: Iterable[Backend]) -> bytes:
    """All that is declared of the services, the same bytes for the same declarations."""
    known = {backend.service.name: backend for backend in backends}
    made = icalendar.Calendar()
    made.add("version", "2.0")
    made.add("prodid", "-//shim//sunset//EN")
    made.add("name", NAME)
    made.add("x-wr-calname", NAME)
    made.add("refresh-interval", _REFRESHED, parameters={"VALUE": "DURATION"})
    for event in events(known.values()):
        made.add_component(_written(known[event.service], event))
    written: bytes = made.to_ical()
    return written


def _written(backend: Backend, event: Event) -> icalendar.Event:
    made = icalendar.Event()
    made.add("uid", _uid(backend, event))
    made.add("dtstamp", _declared(backend, event))
    made.add("dtstart", _shown(event.begin) if event.end is None else event.begin)
    if event.end:
        made.add("dtend", event.end)
    made.add("summary", _summary(event))
    made.add("description", "\n".join(_described(backend, event)))
    made.add("transp", "TRANSPARENT")
    if not event.whole and len(event.endpoints) == 1:
        made.add("url", address(backend, event.endpoints[0]))
    return made


def _summary(event: Event) -> str:
    """What happens, in a line; of many endpoints only how many there are."""
    few = event.whole or len(event.endpoints) <= _SHOWN
    scope = event.scope if few else f"{event.service}.sr.ht, {len(event.endpoints)} endpoints"
    rehearsed = " (rehearsal: calls are answered and counted)" if event.rehearsal else ""
    return _SUMMARIES[event.kind].format(scope=scope) + rehearsed


def _described(backend: Backend, event: Event) -> Iterator[str]:
    if event.whole:
        yield f"Every endpoint of {backend.config.origin}/api."
    for endpoint in () if event.whole else event.endpoints:
        yield f"{endpoint.name}: {address(backend, endpoint)}"
    yield f"The GraphQL API replaces it: {backend.config.origin}/query"
    said = (backend.lifecycle(endpoint) for endpoint in event.endpoints)
    yield from dict.fromkeys(text for one in said for text in (one.note, one.owner and f"Ask {one.owner}.") if text)


def _uid(backend: Backend, event: Event) -> str:
    """The same for the same event, whatever else is declared: RFC 7986 wants nothing in it that tells of the host."""
    times = (event.begin.isoformat(), event.end.isoformat() if event.end else "")
    slugs = ("*",) if event.whole else [endpoint.slug for endpoint in event.endpoints]
    words = "\n".join((backend.config.origin, event.kind.value, *times, *slugs))
    return f"{sha256(words.encode()).hexdigest()[:32]}@{event.service}.sr.ht"


def _declared(backend: Backend, event: Event) -> datetime:
    """When the event was made known, as far as that is declared: it stays the same from one copy to the next."""
    since = (backend.lifecycle(endpoint).deprecated for endpoint in event.endpoints)
    return min([event.begin, *filter(None, since)])


def _shown(moment: datetime) -> object:
    """A day where that is what was declared, which calendars show as a day, else a time."""
    return moment.date() if moment.time() == time() else moment
