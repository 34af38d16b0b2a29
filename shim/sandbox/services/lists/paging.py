"""Pages of lists that stand in the order of a time, or in none, with the defects of the servers (lists dossier, 4.2).

A cursor holds the time of the next page's first row as whole seconds, and the next page begins with the first row
that is not later than that: a row within its second is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from shim.sandbox.engine.cursor import Cursor, Page
from shim.sandbox.engine.times import microseconds

Row = TypeVar("Row")
SECOND = 1_000_000


def page_by_time(
    rows: Sequence[Row], cursor: Cursor | None, time: Callable[[Row], datetime], unit: int = SECOND
) -> Page[Row]:
    """A page of `rows`, which stand in the list's order: those not later than the cursor.

    The number in a cursor is read as `unit` microseconds each, though it always counts seconds.
    """
    cursor = cursor or Cursor()
    kept = [row for row in rows if not cursor.next or microseconds(time(row)) <= cursor.number * unit]
    more = cursor.at(microseconds(time(kept[cursor.count])) // SECOND) if 0 <= cursor.count < len(kept) else None
    return Page(kept[: max(cursor.count, 0)], more)
