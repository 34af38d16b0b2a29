"""What an endpoint answers when it is switched off: for a while, for good, or as if it had never been there.

A pause spares everybody, from brownouts and the sunset, not from the removal. An exemption spares one caller from
brownouts alone: the sunset is for all. Whoever forges a name to be exempt is refused by the API in their place.
"""

from __future__ import annotations

import time
from bisect import bisect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil, inf

from werkzeug.exceptions import NotFound

from shim.lifecycle import Exemption, Lifecycle, Window
from shim.rest.caller import Caller
from shim.rest.endpoint import Endpoint
from shim.rest.errors import Refusal
from shim.services.backend import Backend
from shim.services.hooks import Refused
from shim.sunset.links import address, api, link
from shim.sunset.pauses import Pauses
from shim.sunset.removal import Remainder
from shim.sunset.windows import closures, dated, ending

_ONLY_NOW = {"Cache-Control": "no-store"}
"""A 410 may be cached unless it says otherwise, and would outlast its window."""


@dataclass(frozen=True)
class End:
    """When one endpoint is switched off: in `closures`, which start at `begins`, from `sunset` and `removal` on.

    Times are Unix seconds.
    """

    begins: tuple[float, ...]
    closures: tuple[Window, ...]
    sunset: float
    removal: float
    lifecycle: Lifecycle = field(repr=False)

    @classmethod
    def of(cls, lifecycle: Lifecycle) -> End:
        """The end that is declared."""
        windows = closures(lifecycle)
        begins = tuple(window.begin.timestamp() for window in windows)
        return cls(begins, windows, _seconds(lifecycle.sunset), _seconds(lifecycle.removal), lifecycle)

    @property
    def is_declared(self) -> bool:
        """Whether it is ever switched off."""
        return bool(self.closures) or min(self.sunset, self.removal) < inf

    def closure(self, now: float) -> Window | None:
        """The brownout that takes place."""
        last = bisect(self.begins, now) - 1
        return self.closures[last] if last >= 0 and now < self.closures[last].end.timestamp() else None


class Ends:
    """Who is let in at the endpoints of a service, made once; what is never switched off costs a look at a table."""

    def __init__(self, backend: Backend, pauses: Pauses, clock: Callable[[], float] = time.time) -> None:
        """`clock` gives Unix seconds."""
        self._backend, self._pauses, self._clock = backend, pauses, clock
        self._remainder = Remainder()
        self._exempt = _latest(backend.instance.brownout_exempt)
        ends = {endpoint.slug: End.of(backend.lifecycle(endpoint)) for endpoint in backend.service}
        self._ends = {slug: end for slug, end in ends.items() if end.is_declared}

    def admit(self, endpoint: Endpoint, caller: Caller) -> bool:
        """Let a caller in, or raise Refused; says whether a rehearsal would have refused them."""
        end = self._ends.get(endpoint.slug)
        if end is None:
            return False
        now = self._clock()
        answer = self._refusal(endpoint, end, caller, now)
        if answer is None or end.lifecycle.rehearsal:
            return answer is not None
        raise Refused(answer)

    def _refusal(self, endpoint: Endpoint, end: End, caller: Caller, now: float) -> Exception | None:
        if now >= end.removal:
            return NotFound() if end.lifecycle.rehearsal else self._remainder.answer(self._removed(now))
        closure = end.closure(now)
        if (closure is None and now < end.sunset) or self._pauses.spare(self._backend.service.name, now):
            return None
        if now >= end.sunset:
            return self._gone(endpoint, end.lifecycle, _for_good(self._backend, endpoint, end.lifecycle), {})
        if closure is None or now < self._exempt.get(caller.name or "", 0.0):
            return None
        retry = {"Retry-After": str(max(1, ceil(closure.end.timestamp() - now)))}
        last = closure.end == ending(end.lifecycle)
        text = _for_a_while(self._backend, endpoint, end.lifecycle, closure)
        return self._gone(endpoint, end.lifecycle, text, {} if last else retry)

    def _gone(self, endpoint: Endpoint, lifecycle: Lifecycle, text: str, headers: Mapping[str, str]) -> Refusal:
        """A 410 with its Link, also where announcements, which would add it, are switched off."""
        announced = self._backend.instance.deprecation_headers
        links = {} if announced else {"Link": link(self._backend, endpoint, lifecycle)}
        return Refusal(410, text, headers={**_ONLY_NOW, **links, **headers})

    def _removed(self, now: float) -> list[Endpoint]:
        """What is as if it were not there: not what only rehearses that."""
        gone = {slug for slug, end in self._ends.items() if now >= end.removal and not end.lifecycle.rehearsal}
        return [endpoint for endpoint in self._backend.service if endpoint.slug in gone]


def _for_a_while(backend: Backend, endpoint: Endpoint, lifecycle: Lifecycle, closure: Window) -> str:
    end = ending(lifecycle)
    then = f", before it is gone for good from {dated(end)} on" if end else ""
    told = f"{endpoint.name} is switched off until {dated(closure.end)}, to warn of its end{then}."
    return _told(backend, endpoint, lifecycle, told)


def _for_good(backend: Backend, endpoint: Endpoint, lifecycle: Lifecycle) -> str:
    told = f"{endpoint.name} is gone for good since {dated(lifecycle.sunset)}."
    return _told(backend, endpoint, lifecycle, told)


def _told(backend: Backend, endpoint: Endpoint, lifecycle: Lifecycle, what: str) -> str:
    """A text with what comes instead, and the operator's note."""
    instead = f"{lifecycle.successor} of the GraphQL API" if lifecycle.successor else "the GraphQL API"
    where = f"Use {instead} at {api(backend)} instead; {address(backend, endpoint)} shows how."
    return " ".join(filter(None, (what, where, lifecycle.note)))


def _latest(exemptions: tuple[Exemption, ...]) -> dict[str, float]:
    """Until when each name is exempt, in Unix seconds."""
    return {exempt.name: exempt.until.timestamp() for exempt in sorted(exemptions, key=lambda exempt: exempt.until)}


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else inf
