"""How times, names and numbers are written on pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from markupsafe import Markup, escape

from shim.usage.report import OTHER, UNKNOWN

_LAST = 253_402_300_799
NOBODY = "(unknown)"
"""Stands for callers that are not known where a name is needed; no user name has parentheses."""


def moment(seconds: float) -> datetime:
    """An aware time from Unix seconds; the nearest that a calendar holds."""
    return datetime.fromtimestamp(min(max(seconds, 0), _LAST), timezone.utc)


def day(time: datetime) -> str:
    """`3 Nov 2026`, in UTC."""
    return f"{time.day} {time:%b %Y}"


def minute(time: datetime) -> str:
    """`3 Nov 2026, 14:05`, in UTC."""
    return f"{day(time)}, {time:%H:%M}"


def iso(time: datetime) -> str:
    """`2026-11-03T14:05:00Z`."""
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


def away(time: datetime, now: datetime) -> str:
    """How far a time is from now, in whole days: `in 20 days`, `tomorrow`, `3 days ago`."""
    days = (time.date() - now.date()).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return near.get(days) or (f"in {days:,} days" if days > 0 else f"{-days:,} days ago")


def number(value: float) -> str:
    """A whole number, in groups of three digits."""
    return f"{value:,.0f}"


def many(count: int, noun: str) -> str:
    """`1 call`, `2 calls`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def is_known(name: str) -> bool:
    """Whether a caller is somebody in particular."""
    return name not in (UNKNOWN, OTHER)


def caller(name: str) -> str:
    """A caller as people read it; `hash:...` stays what it is."""
    if not is_known(name):
        return "not known" if name == UNKNOWN else "others, beyond the cap"
    return name if name.startswith("hash:") else f"~{name}"


def agent(name: str) -> str:
    """A User-Agent's product as people read it."""
    return {UNKNOWN: "none", OTHER: "others, beyond the cap"}.get(name, name)


def marked(text: str) -> Markup:
    """A text whose words in backquotes are code."""
    parts = enumerate(text.split("`"))
    return Markup("").join(Markup("<code>{}</code>").format(part) if i % 2 else escape(part) for i, part in parts)


def slashed(path: str) -> Markup:
    """A path that may be broken behind its slashes."""
    return Markup("/<wbr>").join(path.split("/"))


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "minute": minute,
    "iso": iso,
    "away": away,
    "number": number,
    "many": many,
    "caller": caller,
    "agent": agent,
    "marked": marked,
    "slashed": slashed,
    "json": json.dumps,
}
