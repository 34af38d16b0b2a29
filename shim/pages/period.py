"""The time that a page tells of, by `?since=30d`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from flask import request
from werkzeug.exceptions import BadRequest

from shim.pages.site import here
from shim.pages.words import moment
from shim.usage.report import DAY, HOUR, Scope

CHOICES = ("1d", "7d", "30d", "90d", "400d")
USUAL = "30d"
_LONGEST = 10 * 366 * DAY
_MOST_BARS = 60


@dataclass(frozen=True)
class Period:
    """From `since`, a full hour, to `until`, now, in Unix seconds; `text` is how it was asked for."""

    text: str
    since: int
    until: int

    @classmethod
    def asked(cls) -> Period:
        """What the request asks for, thirty days if it doesn't. Raises BadRequest."""
        text = request.args.get("since", USUAL)
        match = re.fullmatch(r"([1-9]\d{0,4})([hdw])", text, re.ASCII)
        length = int(match[1]) * {"h": HOUR, "d": DAY, "w": 7 * DAY}[match[2]] if match else 0
        if not 0 < length <= _LONGEST:
            raise BadRequest("since is a number of hours, days or weeks of at most ten years: 12h, 30d, 4w.")
        now = int(here().now())
        return cls(text, (now - length) // HOUR * HOUR, now)

    def scope(self, service: str = "", endpoint: str = "", callers: tuple[str, ...] = ()) -> Scope:
        """What to ask the store for: the hour of `until` is the last one."""
        services, endpoints = (service,) if service else (), (endpoint,) if endpoint else ()
        return Scope(self.since, self.until + 1, services, endpoints, callers)

    @property
    def begin(self) -> datetime:
        """Its begin as an aware time."""
        return moment(self.since)

    @property
    def facts(self) -> dict[str, datetime]:
        """What JSON says of it."""
        return {"since": self.begin, "until": moment(self.until)}

    @property
    def words(self) -> str:
        """`30 days`."""
        count, unit = int(self.text[:-1]), {"h": "hour", "d": "day", "w": "week"}[self.text[-1]]
        return f"{count:,} {unit}s" if count > 1 else unit

    @property
    def step(self) -> int:
        """How many seconds a bar of a chart stands for: an hour, or as many days as make about sixty bars at most."""
        length = self.until - self.since
        if length <= 2 * DAY:
            return HOUR
        return DAY * max(1, -(-length // (DAY * _MOST_BARS)))
