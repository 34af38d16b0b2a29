"""Pages of old lists (conventions 5.1): `start` in, `next` and `total` out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shim.rest.errors import Crash, Refusal, reason

SIZE = 50


@dataclass(frozen=True)
class Page:
    """One page: `next` is the key of the first row of the following page; `total` counts the whole list."""

    results: Sequence[Any]
    next: int | None
    total: int

    def envelope(self, dump: Callable[[Any], Any]) -> dict[str, Any]:
        """The answer's body; `next` is null or a string of digits."""
        following = None if self.next is None else str(self.next)
        results = [dump(row) for row in self.results]
        return {"next": following, "results": results, "total": self.total, "results_per_page": SIZE}


def start_of(arguments: Mapping[str, str]) -> int | None:
    """The bound `start`: None for no bound. Python's int() decides what is a number; other text crashed."""
    text = arguments.get("start") or "-1"
    try:
        start = int(text)
    except ValueError:
        raise Crash(f"start={text!r}") from None
    return None if start == -1 else start


def bound_of(arguments: Mapping[str, str], text: str) -> int | None:
    """The same, where other text is refused (400) with a reason in place of a crash."""
    try:
        return start_of(arguments)
    except Crash:
        raise Refusal(400, reason(text, "start")) from None


def cut(rows: Sequence[Mapping[str, Any]], start: int | None, key: str = "id") -> Page:
    """The page that begins at `start` out of a whole list, by descending key."""
    ordered = sorted(rows, key=lambda row: int(row[key]), reverse=True)
    rest = [row for row in ordered if start is None or row[key] <= start]
    following = rest[SIZE][key] if len(rest) > SIZE else None
    return Page(rest[:SIZE], following, len(rows))
