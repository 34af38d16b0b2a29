"""A proposal of brownouts that grow until the sunset: each hits more callers than the one before, and leaves time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise

from shim.lifecycle import Window
from shim.sunset.windows import dated

NOTICE = timedelta(days=14)
"""How long before the first brownout it must be known."""
REST = timedelta(days=7)
"""How much time there is between the last brownout and the sunset."""
_MINUTES = (5, 15, 30, 60, 120, 240, 360, 540, 720, 1080, 1440)
_HOURS = (14, 8, 17, 11, 20, 6, 15, 9, 18, 12, 7)
"""When they begin, in UTC: whatever the part of the world or the plan of a job, one of them hits its working time."""
MOST_STEPS = len(_MINUTES)
_SATURDAY = 5
_DAY = timedelta(days=1)


class Unplannable(ValueError):
    """There is no such plan; the text says what to change."""


def propose(announced: datetime, now: datetime, sunset: datetime, steps: int) -> tuple[Window, ...]:
    """So many windows (1 to MOST_STEPS) on working days, from two weeks after they are announced on.

    All times are aware. Raises Unplannable if there is too little time for them.
    """
    earliest = _tomorrow(max(announced + NOTICE, now))
    latest = (sunset - REST).astimezone(timezone.utc).date() - 2 * _DAY
    if latest < earliest:
        raise Unplannable(
            f"the sunset on {dated(sunset)} is too early: the first brownout may be on {earliest}, and the last leaves"
            f" {REST.days} days; the earliest sunset is {earliest + REST + 2 * _DAY}"
        )
    windows = tuple(_placed(earliest, latest, steps))
    apart = all(one.end.date() < other.begin.date() for one, other in pairwise(windows))
    if not apart or windows[0].begin.date() < earliest or windows[-1].begin.date() > latest:
        days = (latest - earliest).days + 1
        raise Unplannable(f"{days} days are too few for {steps} brownouts; take fewer --steps or a later --sunset")
    return windows


def _placed(earliest: date, latest: date, steps: int) -> Iterator[Window]:
    """Windows evenly over the days there are, each moved to working days that hold it: the last back, others on."""
    for step in range(steps):
        place = step / (steps - 1) if steps > 1 else 0.5
        lasting = timedelta(minutes=_MINUTES[round(place * (MOST_STEPS - 1))])
        day = earliest + round(place * (latest - earliest).days) * _DAY
        hour = time(_HOURS[step], tzinfo=timezone.utc)
        while max(day.weekday(), (datetime.combine(day, hour) + lasting).weekday()) >= _SATURDAY:
            day += -_DAY if place == 1 else _DAY
        begin = datetime.combine(day, hour)
        yield Window(begin, begin + lasting)


def _tomorrow(moment: datetime) -> date:
    """The first whole day in UTC from a moment on."""
    day = moment.astimezone(timezone.utc)
    return day.date() if day.time() == time() else day.date() + _DAY
