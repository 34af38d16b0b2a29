"""Dates (conventions 7.2): RFC 3339 from upstream, `%Y-%m-%dT%H:%M:%S+00:00` for old clients."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

from shim.rest.compiled import Converted

_USUAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z").fullmatch
_SECONDS = len("2024-09-01T12:00:00")
_RFC3339 = re.compile(r"^(\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$")


def legacy_time(value: str) -> str:
    """The legacy form of an RFC 3339 time: UTC, fraction cut off, a literal `+00:00`.

    Raises ValueError for anything that is no RFC 3339 time.
    """
    if _USUAL(value):
        return value[:_SECONDS] + "+00:00"
    match = _RFC3339.match(value)
    if match is None:
        raise ValueError(f"{value!r} is no RFC 3339 time")
    seconds, zone = match.groups()
    if zone in ("Z", "+00:00"):
        return f"{seconds}+00:00"
    when = datetime.strptime(seconds, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return f"{(when - offset(zone)).strftime('%Y-%m-%dT%H:%M:%S')}+00:00"


def offset(zone: str) -> timedelta:
    """The distance from UTC of `+hh:mm` or `Z`."""
    if zone == "Z":
        return timedelta()
    sign = -1 if zone[0] == "-" else 1
    return sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))


class LegacyTime(Converted):
    """A time of a resource; null stays null."""

    old = "time as 2024-09-01T12:00:00+00:00"
    how = "in UTC, without a fraction, with +00:00 in place of Z"

    def convert(self, value: Any) -> str | None:
        """The time in its legacy form."""
        return None if value is None else legacy_time(value)
