"""Times as the API writes them."""

from __future__ import annotations

from calendar import timegm
from datetime import datetime

from shim.upstream.errors import Kind, UpstreamError

_SECONDS = len("2024-09-01T12:00:00")


def microseconds(moment: str) -> int:
    """An RFC 3339 time, as many digits of its second as there may be, in Unix microseconds. Raises UpstreamError."""
    try:
        seconds, zone = moment[:_SECONDS], moment[_SECONDS:].lstrip(".0123456789")
        fraction = moment[_SECONDS : len(moment) - len(zone)].lstrip(".")
        when = datetime.strptime(f"{seconds}{zone}", "%Y-%m-%dT%H:%M:%S%z")
        return timegm(when.utctimetuple()) * 10**6 + int(fraction[:6].ljust(6, "0"))
    except (TypeError, ValueError, OverflowError):
        raise UpstreamError(Kind.FAULT, f"no time: {moment!r:.100}") from None
