"""Sealed cursors and the pages they lead to, with the defects of the servers (conventions 5.3, 5.4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from shim import crypto
from shim.sandbox.engine.errors import FieldError, PanicError, sql_integer

PAGE = 25
_NUMBER = re.compile(r"[+-]?[0-9]+")
_NOTHING = {"count": 0, "next": "", "search": ""}
Row = TypeVar("Row")


@dataclass(frozen=True)
class Cursor:
    """A place in a list: page size, and position of the next page's first row (empty: the start)."""

    count: int = PAGE
    next: str = ""
    search: str = ""

    @classmethod
    def start(cls, asked: dict[str, Any] | None = None) -> Cursor:
        """Where a list without cursor begins; a filter's `count` is obeyed without limit, if positive."""
        asked = asked or {}
        count = asked.get("count") or 0
        return cls(count if count > 0 else PAGE, "", asked.get("search") or "")

    @classmethod
    def unseal(cls, text: str, key: str) -> Cursor:
        """Read a cursor's text. Raises FieldError, or PanicError where the sealed value is no cursor."""
        try:
            value = crypto.unseal(key, text)
        except crypto.SealError as error:
            raise FieldError("Invalid cursor") from error
        match _NOTHING | value if isinstance(value, dict) else None:
            case {"count": int(count), "next": str(position), "search": str(search)}:
                return cls(count, position, search)
        raise PanicError

    def seal(self, key: str) -> str:
        """The cursor's text under the network key."""
        return crypto.seal(key, {"count": self.count, "next": self.next, "search": self.search})

    def at(self, position: object) -> Cursor:
        """The same cursor, moved."""
        return replace(self, next=str(position))

    @property
    def number(self) -> int:
        """The position as the servers read a number: anything else is 0."""
        return int(self.next) if _NUMBER.fullmatch(self.next) else 0


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows, and the cursor of the page after them (None: the last page)."""

    results: Sequence[Row]
    cursor: Cursor | None


def page(
    rows: Iterable[Row], cursor: Cursor | None, position: Callable[[Row], int], *, times: bool = False
) -> Page[Row]:
    """A page of `rows`, which stand in the list's order: those with a position up to the cursor's.

    Ascending lists are cut the same way, wherefore their second page repeats the first for ever. Positions that
    are no `times` are compared with a column of 32 bits. Raises FieldError for a forged one that is none, and
    PanicError for a forged page size below zero.
    """
    cursor = cursor or Cursor()
    if cursor.count < 0:
        raise PanicError
    place = cursor.number if times else sql_integer(cursor.number)
    kept = [row for row in rows if not cursor.next or position(row) <= place]
    more = cursor.at(position(kept[cursor.count])) if cursor.count < len(kept) else None
    return Page(kept[: cursor.count], more)


def page_by_name(rows: Sequence[Row], cursor: Cursor | None, name: Callable[[Row], bytes]) -> Page[Row]:
    """A page of `rows` sorted by name; a following page starts two rows late (conventions 5.4)."""
    cursor = cursor or Cursor()
    if cursor.next:
        place = cursor.next.encode()
        behind = next((i for i, row in enumerate(rows) if name(row) > place), len(rows))
        rows = rows[behind + 1 :]
    more = None
    if 0 <= cursor.count < len(rows):
        more = cursor.at(name(rows[cursor.count]).decode("utf-8", "replace"))
    return Page(rows[: max(cursor.count, 0)], more)
