"""What is going to happen, service by service: brownouts, sunsets and removals, each once for all it concerns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from shim.lifecycle import Lifecycle
from shim.rest.endpoint import Endpoint
from shim.services.backend import Backend
from shim.sunset.windows import closures


class Kind(Enum):
    """What happens; in the order in which it does."""

    BROWNOUT = "brownout"
    SUNSET = "sunset"
    REMOVAL = "removal"


@dataclass(frozen=True)
class Event:
    """Something that happens to endpoints of a service at the same time.

    `begin` and `end` are aware times, `end` is None for what lasts; `whole` says that it happens to all endpoints that
    the service has; in a `rehearsal` calls are only counted.
    """

    kind: Kind
    service: str
    begin: datetime
    end: datetime | None
    endpoints: tuple[Endpoint, ...]
    whole: bool
    rehearsal: bool

    @property
    def scope(self) -> str:
        """What it happens to, for readers: `git.sr.ht`, or its endpoints by name."""
        service = f"{self.service}.sr.ht"
        return service if self.whole else f"{service}: {', '.join(endpoint.name for endpoint in self.endpoints)}"


def events(backends: Iterable[Backend]) -> list[Event]:
    """All that is declared, whenever it happens, in the order of time."""
    found = [event for backend in backends for event in _of_service(backend)]
    return sorted(found, key=lambda event: (event.begin, event.service, event.kind.value, not event.whole))


def upcoming(backends: Iterable[Backend], now: datetime, until: datetime | None = None) -> list[Event]:
    """What is not over by `now`, an aware time, and begins before `until`; brownouts under way come first."""
    return [e for e in events(backends) if (e.end or e.begin) > now and (until is None or e.begin < until)]


def _of_service(backend: Backend) -> Iterator[Event]:
    concerned: dict[tuple[Kind, datetime, datetime | None, bool], list[Endpoint]] = defaultdict(list)
    for endpoint in backend.service:
        lifecycle = backend.lifecycle(endpoint)
        for what in _of_endpoint(lifecycle):
            concerned[(*what, bool(lifecycle.rehearsal))].append(endpoint)
    count = len(list(backend.service))
    for (kind, begin, end, rehearsal), endpoints in concerned.items():
        whole = len(endpoints) == count
        yield Event(kind, backend.service.name, begin, end, tuple(endpoints), whole, rehearsal)


def _of_endpoint(lifecycle: Lifecycle) -> Iterator[tuple[Kind, datetime, datetime | None]]:
    for window in closures(lifecycle):
        yield Kind.BROWNOUT, window.begin, window.end
    if lifecycle.sunset and not (lifecycle.removal and lifecycle.removal <= lifecycle.sunset):
        yield Kind.SUNSET, lifecycle.sunset, None
    if lifecycle.removal:
        yield Kind.REMOVAL, lifecycle.removal, None
