"""What lies before one caller: each endpoint that they use, until when, and what comes instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from shim.guide.entry import Entry, entry
from shim.lifecycle import NEVER, Lifecycle, Window
from shim.rest.endpoint import Endpoint
from shim.services.backend import Backend
from shim.settings import ERAS
from shim.sunset.links import address
from shim.sunset.windows import closures, ending
from shim.usage.report import AgentUse, EndpointUse, Report, Scope


@dataclass(frozen=True)
class Prospect:
    """One endpoint that a caller uses: how much, and what becomes of it.

    `agents` are the programs, most calls first; `brownout` is the present or next one; `page` is the URL of the guide.
    """

    use: EndpointUse
    agents: tuple[AgentUse, ...]
    lifecycle: Lifecycle
    brownout: Window | None
    guide: Entry
    page: str


class Prospects:
    """What callers use of the endpoints that some services have now. Each method raises StoreError."""

    def __init__(self, report: Report, backends: Mapping[str, Backend], now: datetime) -> None:
        self._report, self._now = report, now
        self._known = {(b.service.name, e.slug): (b, e) for b in backends.values() for e in b.service}

    def of(self, caller: tuple[str, ...], since: int, until: int) -> list[Prospect]:
        """Those of one caller, under all the names by which the store knows them, the earliest end first.

        Times are Unix seconds. Where there is no name there are no prospects. What is no endpoint any more is left out:
        nobody can move away from it.
        """
        uses = self._report.by_endpoint(Scope(since, until, callers=caller)) if caller else []
        known = [use for use in uses if (use.service, use.endpoint) in self._known]
        found = [self._of(use, Scope(since, until, (use.service,), (use.endpoint,), caller)) for use in known]
        return sorted(found, key=lambda prospect: (ending(prospect.lifecycle) or NEVER, -prospect.use.calls))

    def _of(self, use: EndpointUse, scope: Scope) -> Prospect:
        backend, endpoint = self._known[use.service, use.endpoint]
        lifecycle = backend.lifecycle(endpoint)
        return Prospect(
            use,
            tuple(self._report.agents(scope)),
            lifecycle,
            _coming(closures(lifecycle), self._now),
            _guide(backend, endpoint),
            address(backend, endpoint),
        )


def _guide(backend: Backend, endpoint: Endpoint) -> Entry:
    era = backend.config.era if backend.config.era in ERAS else ERAS[-1]
    return entry(backend.service, endpoint, era, backend.config.origin)


def _coming(windows: Iterable[Window], now: datetime) -> Window | None:
    return next((window for window in windows if now < window.end), None)
