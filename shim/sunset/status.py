"""How far each endpoint is from its end: what is declared, who still calls it, and whether it can be removed.

Nothing is called removable on thin evidence: usage must have been recorded, without a loss, for as long as one looks
back, and whoever called in that time must have said that they moved, and not have called since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from shim.lifecycle import Lifecycle, Window
from shim.rest.endpoint import Endpoint
from shim.services.backend import Backend
from shim.store import Store
from shim.sunset.pauses import active
from shim.sunset.windows import closures, dated
from shim.usage.report import HOUR, OTHER, UNKNOWN, Report, Scope, Use

DAY = 86400


@dataclass(frozen=True)
class Evidence:
    """What is known of calls from `since` until `now`, Unix seconds.

    `first` is when recording began, None if it never did; `lost` counts calls since then that were not recorded.
    """

    since: int
    now: int
    first: int | None
    lost: int

    @property
    def doubt(self) -> str:
        """Why nothing may be called removable; empty if there is no reason."""
        if self.first is None:
            return "no usage has been recorded"
        if self.first > self.since:
            begin = dated(datetime.fromtimestamp(self.first, timezone.utc))
            return f"usage is recorded since {begin} only, less than the look-back"
        return f"{self.lost} calls within the look-back were not counted" if self.lost else ""


@dataclass(frozen=True)
class Standing:
    """One endpoint: its settled lifecycle, `brownout` as the next or present one, and its use within the look-back.

    `last_call` is the last one known at all and `paused` until when there is a pause, both in Unix seconds; `callers`
    counts those known by name or hash, `open` those of them who have not moved, `unknown` says that others called too.
    """

    service: str
    endpoint: Endpoint
    lifecycle: Lifecycle
    brownout: Window | None
    paused: float | None
    calls: int
    callers: int
    open: int
    unknown: bool
    last_call: int | None
    evidence: Evidence

    @property
    def in_use(self) -> bool:
        """Whether somebody called within the look-back who is not known to have moved."""
        return self.open > 0 or self.unknown

    @property
    def removable(self) -> bool:
        """Whether it can be removed without surprise."""
        return not self.in_use and not self.evidence.doubt

    @property
    def verdict(self) -> str:
        """The same in words."""
        if self.in_use:
            return f"in use by {self._users}"
        if self.removable:
            return "removable"
        last = self.last_call or self.evidence.first
        return "not known to be used" if last is None else f"unused for {_days(self.evidence.now - last)}"

    @property
    def reason(self) -> str:
        """Why it is not removable; empty if it is."""
        return self.verdict if self.in_use else self.evidence.doubt

    @property
    def _users(self) -> str:
        named = f"{self.open} caller{'s' if self.open != 1 else ''}" if self.open else ""
        return " and ".join(filter(None, (named, "others that are not known" if self.unknown else "")))


def standings(backends: Iterable[Backend], store: Store, now: int, look_back: timedelta) -> list[Standing]:
    """How every endpoint stands, in order of declaration. Raises StoreError."""
    report, pauses = Report(store, lambda: now), active(store, now)
    scope = Scope(now - int(look_back.total_seconds()), now + HOUR)
    first = report.first()
    evidence = Evidence(scope.since, now, first, sum(report.losses(scope).values()))
    uses: dict[tuple[str, str], list[Use]] = defaultdict(list)
    for use in report.uses(scope):
        uses[use.service, use.endpoint].append(use)
    moved, last_calls = _moved(store), report.last_calls(Scope(0, now + HOUR))
    found = []
    for backend in backends:
        name = backend.service.name
        for endpoint in backend.service:
            key = name, endpoint.slug
            paused = max((pauses[each] for each in ("", name) if each in pauses), default=None)
            found.append(_standing(backend, endpoint, paused, uses[key], moved, last_calls.get(key), evidence))
    return found


def _standing(
    backend: Backend,
    endpoint: Endpoint,
    paused: float | None,
    uses: list[Use],
    moved: Mapping[str, int],
    last_call: int | None,
    evidence: Evidence,
) -> Standing:
    lifecycle = backend.lifecycle(endpoint)
    named = [use for use in uses if use.caller not in (UNKNOWN, OTHER)]
    now = datetime.fromtimestamp(evidence.now, timezone.utc)
    return Standing(
        service=backend.service.name,
        endpoint=endpoint,
        lifecycle=lifecycle,
        brownout=next((window for window in closures(lifecycle) if window.end > now), None),
        paused=paused,
        calls=sum(use.calls for use in uses),
        callers=len(named),
        open=sum(use.last_call > moved.get(use.caller, -1) for use in named),
        unknown=len(named) < len(uses),
        last_call=last_call,
        evidence=evidence,
    )


def _moved(store: Store) -> dict[str, int]:
    """Since when each caller is known to have moved, in Unix seconds."""
    rows = store.read("SELECT caller, updated_at FROM outreach WHERE state = 'moved'")
    return {row["caller"]: row["updated_at"] for row in rows}


def _days(seconds: int) -> str:
    days = max(0, seconds) // DAY
    return f"{days} day{'s' if days != 1 else ''}"
