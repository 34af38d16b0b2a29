"""RFC 3339 as Go's time package reads it, with its messages."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime, timedelta, timezone
from typing import Any

from shim.sandbox.engine.errors import FieldError
from shim.sandbox.engine.gojson import Number

_LAYOUT = "2006-01-02T15:04:05.999999999Z07:00"
_PARTS = (
    ("2006", r"[0-9]{4}"),
    ("-", "-"),
    ("01", r"[0-9]{2}"),
    ("-", "-"),
    ("02", r"[0-9]{2}"),
    ("T", "T"),
    ("15", r"[0-9]{1,2}"),
    (":", ":"),
    ("04", r"[0-9]{2}"),
    (":", ":"),
    ("05", r"[0-9]{2}"),
    (".999999999", r"(?:[.,][0-9]+)?"),
    ("Z07:00", r"Z|[+-][0-9]{2}:[0-9]{2}"),
)
_RANGES = {
    "year": range(1, 10000),
    "month": range(1, 13),
    "hour": range(24),
    "minute": range(60),
    "second": range(60),
    "time zone offset": range(24 * 60),
}


def unmarshal(value: Any) -> datetime:
    """Read a value of the scalar Time, to the microsecond. Raises FieldError with Go's text."""
    if not isinstance(value, str) or isinstance(value, Number):
        raise FieldError("time should be RFC3339 formatted string")
    texts = _split(value)
    year, month, day, hour, minute, second = (int(texts[index]) for index in (0, 2, 4, 6, 8, 10))
    _check_ranges(value, year=year, month=month, hour=hour, minute=minute, second=second)
    if not 1 <= day <= monthrange(year, month)[1]:
        raise _out_of_range(value, "day")
    micros = int(texts[11][1:7].ljust(6, "0"))
    return datetime(year, month, day, hour, minute, second, micros, _zone(value, texts[12]))


def _split(value: str) -> list[str]:
    """The texts of the layout's parts."""
    texts, rest = [], value
    for part, pattern in _PARTS:
        match = re.match(pattern, rest)
        if match is None:
            place = f"cannot parse {_quoted(rest)} as {_quoted(part)}"
            raise FieldError(f"parsing time {_quoted(value)} as {_quoted(_LAYOUT)}: {place}")
        texts.append(match[0])
        rest = rest[match.end() :]
    if rest:
        raise FieldError(f"parsing time {_quoted(value)}: extra text: {_quoted(rest)}")
    return texts


def _check_ranges(value: str, **numbers: int) -> None:
    for name, number in numbers.items():
        if number not in _RANGES[name]:
            raise _out_of_range(value, name)


def _out_of_range(value: str, name: str) -> FieldError:
    return FieldError(f"parsing time {_quoted(value)}: {name} out of range")


def _zone(value: str, text: str) -> timezone:
    if text == "Z":
        return timezone.utc
    minutes = 60 * int(text[1:3]) + int(text[4:])
    _check_ranges(value, **{"time zone offset": minutes})
    offset = timedelta(minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
