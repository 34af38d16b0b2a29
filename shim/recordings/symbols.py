"""The symbols that stand for values which differ in every run (`fixtures/README.md` and the data READMEs).

A recorded text may hold `{now}`, `{now+365d}`, `{now:http}` (an HTTP date), `{uuid}`, `{uuid:1}`, `{nonce}` and more;
all else in braces is verbatim. `matches` compares such a text with an answered one, `substitute` fills them in before
sending.
"""

from __future__ import annotations

import math
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

TODAY = 24 * 3600.0
CLOCK_SKEW = 300.0
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SECONDS = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
_HEX = "[0-9a-f]"
_UUID = f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"

TIMES = {"legacy": rf"{_SECONDS}\+00:00", "rfc3339": rf"{_SECONDS}(?:\.\d{{0,8}}[1-9])?Z"}
VALUES = {
    "uuid": _UUID,
    "UUID": _UUID.replace("a-f", "A-F"),
    "uuidhex": f"{_HEX}{{32}}",
    "delivery": _UUID,
    "nonce": f"{_HEX}{{16}}",
    "signature": r"[A-Za-z0-9+/]{86}==",
    "date": r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT",
    "dns": r"[0-9.]+:\d+",
    "repos": r"/[^\s\"\\]*?",
    "token": f"{_HEX}{{32}}",
    "token-partial": f"{_HEX}+",
    "access-token": r"[A-Za-z0-9+/]{33,}",
    "exchange": f"{_HEX}+",
    "code": f"{_HEX}+",
    "seconds": r"\d+",
    "unix": r"\d+",
}
_UUIDS = {"uuid", "UUID", "uuidhex"}
_EQUAL_IN_A_FILE = {"repos"}
_SYMBOL = re.compile(
    rf"\{{(?P<name>now|{'|'.join(map(re.escape, VALUES))})(?P<offset>[+-]\d+[smhd])?(?::(?P<tag>\w+))?\}}"
)
_PAGE = re.compile(r"\{site( error)? page\}")


@dataclass(frozen=True)
class Symbol:
    """One symbol: its name, the offset of a time (seconds), and the tag after the colon."""

    name: str
    offset: float = 0.0
    tag: str = ""

    @classmethod
    def found(cls, match: re.Match[str]) -> Symbol:
        """The symbol of a match of the symbols' grammar."""
        offset = match["offset"] or "+0s"
        return cls(match["name"], float(offset[:-1]) * _UNITS[offset[-1]], match["tag"] or "")

    def __str__(self) -> str:
        """How it is written, without an offset."""
        return f"{{{self.name}:{self.tag}}}" if self.tag else f"{{{self.name}}}"

    @property
    def key(self) -> str:
        """What its value is remembered under: the spellings of one UUID share a key."""
        return f"{'uuid' if self.name in _UUIDS else self.name}:{self.tag}"

    @property
    def pattern(self) -> str:
        """The form of its values, as a regular expression."""
        if self.name != "now":
            return VALUES[self.name]
        return VALUES["date"] if self.tag == "http" else TIMES.get(self.tag) or "|".join(TIMES.values())


@dataclass
class Names:
    """What is known about one cassette's run: the values behind symbols, and renamed ids.

    `clock` gives the present in Unix seconds.
    """

    clock: Callable[[], float] = time.time
    values: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, dict[str, str]] = field(default_factory=dict)

    def trial(self) -> Names:
        """A copy that learns without consequences."""
        return Names(self.clock, dict(self.values), {kind: dict(ids) for kind, ids in self.renamed.items()})

    def adopt(self, trial: Names) -> None:
        """Keep what a trial has learnt."""
        self.values, self.renamed = trial.values, trial.renamed

    def accepts(self, symbol: Symbol, text: str) -> bool:
        """Whether `text`, which has the symbol's form, may stand for it here; remembers it if so."""
        if symbol.name == "now":
            return -TODAY <= _unix(text) - symbol.offset - self.clock() <= CLOCK_SKEW  # false for nan
        value = str(uuid.UUID(text)) if symbol.name in _UUIDS else text
        if symbol.tag or symbol.name in _EQUAL_IN_A_FILE:
            return self.values.setdefault(symbol.key, value) == value
        self.values[symbol.key] = value
        return True

    def rename(self, kind: str, recorded: str, answered: str) -> bool:
        """Take `answered` for the id `recorded`; false where either already has another partner."""
        known = self.renamed.setdefault(kind, {})
        if recorded not in known and answered in known.values():
            return False
        return known.setdefault(recorded, answered) == answered


def matches(recorded: str, answered: str, names: Names) -> bool:
    """Whether an answered text is the recorded one, each symbol standing for a value of its form."""
    if recorded == answered:
        return True
    pattern, symbols = _compiled(recorded)
    found = pattern.fullmatch(answered) if symbols else None
    return found is not None and all(map(names.accepts, symbols, found.groups()))


def is_symbol(text: str) -> bool:
    """Whether `text` is one symbol and nothing else."""
    return _SYMBOL.fullmatch(text) is not None


def holds(text: str, name: str) -> bool:
    """Whether `text` holds the symbol `name`, with or without offset and tag."""
    return any(found["name"] == name for found in _SYMBOL.finditer(text))


def is_page(text: str) -> bool:
    """Whether a recorded body stands for the instance's own HTML layout: status and type count alone."""
    return _PAGE.fullmatch(text) is not None


def substitute(text: str, names: Names) -> str:
    """Fill in the values learnt so far; a UUID nobody has answered yet becomes one that nobody will."""

    def value(found: re.Match[str]) -> str:
        symbol = Symbol.found(found)
        if symbol.name not in _UUIDS:
            return names.values.get(symbol.key, found[0])
        known = names.values.get(symbol.key) or str(uuid.uuid5(uuid.NAMESPACE_OID, symbol.key))
        return {"uuid": known, "UUID": known.upper(), "uuidhex": known.replace("-", "")}[symbol.name]

    return _SYMBOL.sub(value, text)


def abstract(text: str, clock: Callable[[], float] = time.time) -> str:
    """The text of an answer as a recording: symbols in place of times of today and of UUIDs."""
    names = Names(clock)

    def symbol(found: re.Match[str]) -> str:
        now = Symbol("now", tag=str(found.lastgroup))
        return str(now) if names.accepts(now, found[0]) else found[0]

    forms = "|".join(f"(?P<{form}>{pattern})" for form, pattern in TIMES.items())
    return re.sub(VALUES["uuid"], "{uuid}", re.sub(forms, symbol, text))


@lru_cache(maxsize=4096)
def _compiled(text: str) -> tuple[re.Pattern[str], tuple[Symbol, ...]]:
    symbols, pattern, end = [], "", 0
    for found in _SYMBOL.finditer(text):
        symbols.append(Symbol.found(found))
        pattern += f"{re.escape(text[end : found.start()])}({symbols[-1].pattern})"
        end = found.end()
    return re.compile(pattern + re.escape(text[end:]) if symbols else ""), tuple(symbols)


def _unix(text: str) -> float:
    """Whole Unix seconds of a time in one of the written forms; not a number where there is no such date."""
    try:
        if not text[0].isdecimal():
            return parsedate_to_datetime(text).timestamp()
        return datetime.fromisoformat(f"{text[:19]}+00:00").timestamp()
    except ValueError:
        return math.nan
