"""What becomes of an endpoint: since when it is deprecated, when it ends, and what comes instead.

A declaration speaks for an endpoint, a service or the whole instance; what the more particular one does not say, the
more general one may. Texts are as they stand in decorators and in the configuration.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta, timezone
from typing import Any

NEVER = datetime.max.replace(tzinfo=timezone.utc)
"""What `none` says in place of a date: there is none, whatever a more general declaration says."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?", re.ASCII)
_LENGTH = re.compile(r"(?:(\d{1,3})d)?(?:(\d{1,3})h)?(?:(\d{1,4})m)?", re.ASCII)
_LONGEST = timedelta(days=31)
_MOST_WINDOWS = 200


def moment(text: str) -> datetime:
    """A date, or a date and time in UTC (`2027-03-01`, `2027-03-01T12:00Z`); `none` is NEVER."""
    if text == "none":
        return NEVER
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError
        return datetime.fromisoformat(text.rstrip("Z")).replace(tzinfo=timezone.utc)
    except ValueError:
        raise ValueError(f"{text!r} is no date in UTC") from None


@dataclass(frozen=True, order=True)
class Window:
    """A brownout: from its begin to its end, aware times, the end outside."""

    begin: datetime
    end: datetime

    def __contains__(self, now: datetime) -> bool:
        return self.begin <= now < self.end

    def __str__(self) -> str:
        minutes = int((self.end - self.begin).total_seconds()) // 60
        parts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "m"))
        return f"{self.begin:%Y-%m-%dT%H:%MZ}/" + "".join(f"{count}{unit}" for count, unit in parts if count)


def length(text: str, longest: timedelta = _LONGEST) -> timedelta:
    """How long something lasts, e.g. `1h30m` or `2d`."""
    match = _LENGTH.fullmatch(text)
    days, hours, minutes = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    lasting = timedelta(days=days, hours=hours, minutes=minutes)
    if not timedelta(0) < lasting <= longest:
        raise ValueError(f"{text!r} is no length of at most {longest.days} days")
    return lasting


def window(text: str) -> Window:
    """A window as begin and length, e.g. `2026-01-10T12:00Z/1h30m`."""
    begin, _, lasting = text.partition("/")
    start, span = moment(begin), length(lasting)
    if start > NEVER - _LONGEST:
        raise ValueError(f"{text!r} has no begin")
    return Window(start, start + span)


def windows(text: str) -> tuple[Window, ...]:
    """Comma-separated windows in the order of time; `none` means that there are none."""
    parts = [part.strip() for part in text.split(",") if part.strip()] if text != "none" else []
    if len(parts) > _MOST_WINDOWS:
        raise ValueError(f"has more than {_MOST_WINDOWS} windows")
    return tuple(sorted(map(window, parts)))


@dataclass(frozen=True)
class Exemption:
    """A caller whom brownouts spare until a time."""

    name: str
    until: datetime


def exemptions(text: str) -> tuple[Exemption, ...]:
    """Comma-separated exemptions, each with its end, e.g. `alice until 2027-01-31`."""
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, end = part.partition(" until ")
        until = moment(end.strip()) if end else NEVER
        if until == NEVER or not re.fullmatch(r"~?[\w.-]{1,64}", name):
            raise ValueError(f"{part!r} is no name with an end")
        found.append(Exemption(name.removeprefix("~"), until))
    return tuple(found)


@dataclass(frozen=True)
class Lifecycle:
    """What is declared; None where nothing is said.

    `deprecated`, `sunset` and `removal` are aware times: from the sunset on it answers 410, from the removal on there
    is no such path. `successor` is the GraphQL operation to use instead, `owner` whom to ask, `brownouts` the windows
    in which it answers 410 for a while; in a `rehearsal` it only counts whom that would have hit.
    """

    deprecated: datetime | None = None
    sunset: datetime | None = None
    removal: datetime | None = None
    successor: str | None = None
    note: str | None = None
    owner: str | None = None
    brownouts: tuple[Window, ...] | None = None
    rehearsal: bool | None = None

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Lifecycle:
        """What a declaration in code says: dates as texts. Raises ValueError."""
        dates = {key: moment(said[key]) for key in ("deprecated", "sunset", "removal") if key in said}
        return cls(**{**said, **dates})

    def over(self, general: Lifecycle) -> Lifecycle:
        """This one, and where it is silent what a more general one says."""
        silent = {key: getattr(general, key) for key in FACTS if getattr(self, key) is None}
        return replace(self, **silent)

    def settled(self) -> Lifecycle:
        """The outcome: dates that are `none` are None."""
        return replace(self, **{key: None for key in FACTS if getattr(self, key) == NEVER})


UNDECLARED = Lifecycle()
FACTS = tuple(field.name for field in fields(Lifecycle))
"""What can be declared, by name."""
