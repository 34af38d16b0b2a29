"""The terms of a search as the old service read them (lists 2.3)."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timezone
from email.utils import parsedate_to_datetime
from typing import Any

from shim.rest.errors import Refusal
from shim.services.lists.mails.mails import is_patch

MOST_TERMS = 20
TOO_MANY = f"search takes no more than {MOST_TERMS} terms"
LONGEST_WILD = 100
TOO_WILD = f"search takes no more than {LONGEST_WILD} characters around a _"
_STATUSES = ("unknown", "proposed", "needs_revision", "superseded", "approved", "rejected", "applied")
_PEOPLE = {"from": "From", "to": "To", "cc": "Cc"}
Row = Mapping[str, Any]
Test = Callable[[Row], bool]
Holds = Callable[[str], bool]
_NEVER: Callable[[Mapping[str, Any]], bool] = lambda mail: False  # noqa: E731
_OTHERS = ("is", "status", "prefix", "sender-timestamp")


@dataclass(frozen=True)
class Term:
    """One term: a bare word (no `key`), or what a key must be; `negated` says that it must not."""

    key: str | None
    value: str
    negated: bool = False


@dataclass(frozen=True)
class Query:
    """The terms of a search, all of which must hold."""

    terms: tuple[Term, ...]

    @classmethod
    def read(cls, text: str) -> Query:
        """Read what was searched for. Raises the 400 over quotes that don't end, and values that are none."""
        try:
            words = shlex.split(text)
        except ValueError as error:
            raise Refusal(400, str(error)) from None
        if len(words) > MOST_TERMS:
            raise Refusal(400, TOO_MANY)
        return cls(tuple(_term(word) for word in words))

    @property
    def headers(self) -> list[str]:
        """The headers that it looks into."""
        names = (_PEOPLE.get(term.key, term.key) for term in self.terms if term.key and term.key not in _OTHERS)
        return list(dict.fromkeys(names))

    @property
    def people(self) -> list[str]:
        """The names of users whom it may mean."""
        named = (term.value.removeprefix("~") for term in self.terms if term.key in _PEOPLE and "@" not in term.value)
        return list(dict.fromkeys(name for name in named if name))


def _term(word: str) -> Term:
    negated = word.startswith("!") and ":" in word
    key, colon, value = (word[1:] if negated else word).partition(":")
    term = Term(key, value, negated) if colon else Term(None, word)
    if term.key == "status" and term.value not in _STATUSES:
        raise Refusal(400, f"Invalid patchset status: {term.value!r}")
    if term.key == "sender-timestamp":
        try:
            int(term.value)
        except ValueError as error:
            raise Refusal(400, str(error)) from None
    return term


def test_of(term: Term, headers: Sequence[str], addresses: Mapping[str, str], answered: set[int]) -> Test:
    test = _positive(term, headers, addresses, answered)
    return (lambda mail: not test(mail)) if term.negated else test


def _positive(term: Term, headers: Sequence[str], addresses: Mapping[str, str], answered: set[int]) -> Test:
    match term.key:
        case None:
            like = _like(term.value)
            return lambda mail: like(mail["body"]) or like(mail["subject"])
        case "":
            return _NEVER
        case "is":
            return _is(term.value, answered)
        case "status":
            return lambda mail: mail["patchset"] is not None and mail["patchset"]["status"].lower() == term.value
        case "prefix":
            return lambda mail: mail["patchset"] is not None and mail["patchset"]["prefix"] == term.value
        case "sender-timestamp":
            return lambda mail: int(term.value) in map(_seconds, mail["dated"])
    place = f"header{headers.index(_PEOPLE.get(term.key, term.key))}"
    wanted = term.value
    if term.key in _PEOPLE and "@" not in wanted:
        name = wanted.removeprefix("~")
        wanted = addresses.get(name, name)
    like = _like(wanted)
    return lambda mail: any(map(like, mail[place]))


def _is(value: str, answered: set[int]) -> Test:
    tests: Mapping[str, Test] = {
        "patch": is_patch,
        "reply": lambda mail: mail["parent"] is not None,
        "thread": lambda mail: mail["id"] in answered,
    }
    return tests.get(value, _NEVER)


def _seconds(date: str) -> int | None:
    """The Unix time of a header Date, whose zone the old import left out; None where it can't be read."""
    try:
        return int(parsedate_to_datetime(date).replace(tzinfo=timezone.utc).timestamp())
    except (ValueError, TypeError, OverflowError):
        return None


def _like(value: str) -> Holds:
    """What tells whether SQL's ILIKE `%value%` finds something in a text.

    The pieces between `%` stand one behind the other, so the first place of each will do and none is looked for twice.
    """
    finders = [_finder(piece) for piece in _pieces(value.lower())]

    def holds(text: str) -> bool:
        lowered, place = text.lower(), 0
        return all((place := find(lowered, place)) >= 0 for find in finders)

    return holds


def _pieces(value: str) -> list[list[str]]:
    """The characters between `%`, each of its own; an empty one for `_`, which stands for any."""
    pieces: list[list[str]] = [[]]
    escaped = False
    for character in value:
        if not escaped and character == "\\":
            escaped = True
            continue
        if not escaped and character == "%":
            pieces.append([])
        else:
            pieces[-1].append("" if character == "_" and not escaped else character)
        escaped = False
    return [piece for piece in pieces if piece]


def _finder(piece: Sequence[str]) -> Callable[[str, int], int]:
    """What finds a piece in a text from a place on: the place behind it, -1 where it is not."""
    if all(piece):
        literal = "".join(piece)
        return lambda text, place: -1 if (found := text.find(literal, place)) < 0 else found + len(literal)
    if len(piece) > LONGEST_WILD:
        raise Refusal(400, TOO_WILD)
    pattern = re.compile("".join(re.escape(character) or "." for character in piece), re.S)
    return lambda text, place: match.end() if (match := pattern.search(text, place)) else -1
