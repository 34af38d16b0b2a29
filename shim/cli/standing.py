"""How the standings of endpoints on their way to the end are shown, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from math import inf
from typing import Any

from rich.markup import escape
from rich.table import Table

from shim.sunset.status import Standing
from shim.sunset.windows import contradictions, dated


def shown(seconds: float | None) -> str:
    """Unix seconds for readers."""
    if seconds is None or seconds == inf:
        return "-" if seconds is None else "till resumed"
    return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%d %H:%M} UTC"


def doubtful(found: list[Standing]) -> Iterator[str]:
    """What is declared of endpoints and contradicts itself, a line each."""
    for standing in found:
        for problem in contradictions(standing.lifecycle):
            yield f"{standing.service}/{standing.endpoint.slug}: {problem}"


def table(found: list[Standing]) -> Table:
    """Standings for people."""
    columns = ("endpoint", "deprecated", "sunset", "removal", "next brownout", "paused", "calls", "callers", "verdict")
    made = Table(*columns, box=None)
    for standing in found:
        ends = standing.lifecycle
        rehearsed = " (rehearsal)" if ends.rehearsal and standing.brownout else ""
        made.add_row(
            escape(f"{standing.service}/{standing.endpoint.slug}"),
            *(dated(date) for date in (ends.deprecated, ends.sunset, ends.removal)),
            f"{standing.brownout or '-'}{rehearsed}",
            shown(standing.paused),
            str(standing.calls),
            str(standing.callers),
            standing.verdict,
        )
    return made


def listed(standing: Standing) -> dict[str, Any]:
    """A standing for programs, times in ISO 8601."""
    ends, evidence = standing.lifecycle, standing.evidence
    dates = {key: _iso(getattr(ends, key)) for key in ("deprecated", "sunset", "removal")}
    return {
        "service": standing.service,
        "endpoint": standing.endpoint.slug,
        "name": standing.endpoint.name,
        **dates,
        "next_brownout": str(standing.brownout) if standing.brownout else None,
        "rehearsal": bool(ends.rehearsal),
        "paused": standing.paused is not None,
        "paused_until": None if standing.paused in (None, inf) else _utc(standing.paused),
        "calls": standing.calls,
        "callers": standing.callers,
        "callers_open": standing.open,
        "unknown_callers": standing.unknown,
        "last_call": _utc(standing.last_call),
        "recorded_since": _utc(evidence.first),
        "lost_calls": evidence.lost,
        "removable": standing.removable,
        "verdict": standing.verdict,
        "reason": standing.reason or None,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _utc(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc).isoformat()
