"""Times as the GraphQL servers read and write them (conventions 7.2)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@lru_cache(maxsize=2**14)
def parse(text: str) -> datetime:
    """Read RFC 3339 with any fraction; digits beyond microseconds are dropped. Raises ValueError.

    A data set is read anew with every reset, mostly for its times.
    """
    head, dot, tail = text.partition(".")
    if not dot:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return datetime.strptime(f"{head}.{tail[: min(digits, 6)]}{tail[digits:]}", "%Y-%m-%dT%H:%M:%S.%f%z")


def rfc3339(moment: datetime) -> str:
    """Write as Go's time.RFC3339Nano does: no trailing zeros, `Z` for an offset of zero."""
    text = moment.replace(tzinfo=None, microsecond=0).isoformat()
    fraction = f".{moment.microsecond:06}".rstrip("0").rstrip(".")
    offset = moment.strftime("%z")
    return text + fraction + ("Z" if offset in ("", "+0000") else f"{offset[:3]}:{offset[3:5]}")


def now() -> datetime:
    """The present, to the microsecond that PostgreSQL keeps."""
    return datetime.now(timezone.utc)


def microseconds(moment: datetime) -> int:
    """Unix time in microseconds, exact."""
    return (moment - EPOCH) // timedelta(microseconds=1)
