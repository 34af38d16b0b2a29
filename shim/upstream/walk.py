"""Paging without the network key: the server's own cursors are followed (conventions 5.5)."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shim.upstream.cursor import Ask, Fetch, KeyOf, Row, Rows, Window
from shim.upstream.listings import Defect, Listing
from shim.upstream.times import microseconds

SERVER_PAGE = 25
_HARMLESS = frozenset({Defect.NONE, Defect.TIES})


class Beyond(Exception):
    """A page so far down a list that the budget of calls does not reach it."""


@dataclass(frozen=True)
class Place:
    """Where a window begins: the cursor that leads there, and the length of the list as it was counted.

    `until` is when that is too old to be told again, by the monotonic clock; `above` is the number of the row before,
    in lists whose rows get theirs here.
    """

    cursor: str
    total: int
    until: float
    above: int | None = None


class Walk:
    """The server's own cursors, a bounded and short memory of places reached, and a budget of calls for each page.

    Rows beyond the budget are not counted: a total is what was seen then, or the highest number (todo 4.6).
    """

    seals = False

    def __init__(self, budget: int, remembered: int = 1024, seconds: float = 60) -> None:
        self._budget = budget
        self._seconds = seconds
        self._memory: OrderedDict[Hashable, Place] = OrderedDict()
        self._size = remembered
        self._lock = threading.Lock()

    def make(self, count: int, position: str = "") -> str | None:
        """None: without the key no cursor can be made, and the list begins at its start."""
        return None

    def continued(self, cursor: str, count: int) -> str:
        """The cursor itself."""
        return cursor

    def everything(self, listing: Listing, fetch: Fetch, key: KeyOf) -> Rows:
        """Every row that following cursors reaches: of a list that repeats its first page, that one."""
        found: dict[Hashable, Row] = {}
        cursor: str | None = None
        for _ in range(self._budget):
            rows, cursor = fetch(cursor)
            new = {key(row): row for row in rows if key(row) not in found}
            found |= new
            if cursor is None or not new or listing.defect is Defect.REPEATS:
                break
        whole = cursor is None and (listing.defect in _HARMLESS or len(found) <= SERVER_PAGE)
        return Rows(list(found.values()), more=cursor is not None, complete=whole)

    def window(self, listing: Listing, ask: Ask, window: Window, key: str = "id") -> Rows:
        """Seek the bound by keys alone, read rows from there, count the rest; remember where to go on.

        Raises Beyond.
        """
        numbers = Numbers(key) if listing.hidden else None
        search = _Search(ask, window, key, self._budget, self._recall((window.place, window.start)), numbers)
        rows, last, end = search.read(search.begin())
        total = search.count(end, by_highest=listing.order == "number")
        kept = list(rows.values())[: window.size]
        more = end is not None or len(rows) > len(kept)
        following = int(kept[-1][key]) - 1 if more and kept else None
        cursor = end if len(rows) == len(kept) else last
        if following is not None and cursor is not None:
            above = numbers.above.get(cursor) if numbers else None
            place = Place(cursor, total, time.monotonic() + self._seconds, above)
            self._remember((window.place, following), place)
        return Rows(kept, more=more, next=following, total=total)

    def _recall(self, place: Hashable) -> Place | None:
        with self._lock:
            known = self._memory.get(place)
        return known if known is not None and time.monotonic() < known.until else None

    def _remember(self, key: Hashable, place: Place) -> None:
        with self._lock:
            self._memory[key] = place
            while len(self._memory) > self._size:
                self._memory.popitem(last=False)


class Numbers:
    """Numbers for the rows of a list that hides its own: when they were made, in microseconds.

    They descend as the list does, so that one stands for a place in it: of rows made at once, or in another order than
    theirs, each has one less than the row before. `above` is the number of that row by the cursor of a page.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self.above: dict[str | None, int | None] = {}

    def given(self, cursor: str | None, page: Mapping[str, Any]) -> Mapping[str, Any]:
        """A page with its rows' numbers under the key."""
        above = self.above.get(cursor)
        rows = []
        for row in page["results"]:
            made = microseconds(row["created"])
            above = made if above is None else min(made, above - 1)
            rows.append({**row, self._key: above})
        self.above[page["cursor"]] = above
        return {**page, "results": rows}


class _Search:
    """One walk to a window, through it, and on to the end of the list to count it."""

    def __init__(
        self, ask: Ask, window: Window, key: str, budget: int, place: Place | None, numbers: Numbers | None
    ) -> None:
        self._ask, self._window, self._key = ask, window, key
        self._budget, self._place, self._numbers = budget, place, numbers
        if numbers and place:
            numbers.above[place.cursor] = place.above
        self._seen: set[int] = set()

    def begin(self) -> str | None:
        """The cursor of the page that holds the bound (None: the first)."""
        if self._place is not None:
            return self._place.cursor
        if self._window.start is None:
            return None
        for cursor, page in self._pages(None, rows=False):
            if page["cursor"] is None or self._within(page):
                return cursor
        raise Beyond

    def read(self, cursor: str | None) -> tuple[dict[int, Row], str | None, str | None]:
        """The rows by key from the bound on, the cursor of the last page that was read and the one behind it."""
        rows: dict[int, Row] = {}
        last: str | None = None
        end: str | None = None
        for at, page in self._pages(cursor, rows=True):
            rows |= self._within(page)
            last, end = at, page["cursor"]
            if len(rows) >= self._window.size:
                break
        else:
            if end is not None and not rows:
                raise Beyond
        return rows, last, end

    def count(self, cursor: str | None, *, by_highest: bool) -> int:
        """How long the list is, given what is behind the rows that were read."""
        if self._place is not None:
            return self._place.total
        for _, page in self._pages(cursor, rows=False) if cursor is not None else ():
            cursor = page["cursor"]
        return max(self._seen) if cursor is not None and by_highest else len(self._seen)

    def _pages(self, cursor: str | None, *, rows: bool) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
        """Pages of rows or of keys alone with their cursors, as far as the budget allows."""
        while self._budget > 0:
            self._budget -= 1
            whole, keys = self._ask(size=SERVER_PAGE if rows else 0, cursor=cursor, counted=not rows, counter=cursor)
            page = whole if rows else keys
            assert page is not None
            page = self._numbers.given(cursor, page) if self._numbers else page
            self._seen |= {row[self._key] for row in page["results"]}
            yield cursor, page
            cursor = page["cursor"]
            if cursor is None:
                break

    def _within(self, page: Mapping[str, Any]) -> dict[int, Row]:
        start = self._window.start
        return {row[self._key]: row for row in page["results"] if start is None or row[self._key] <= start}
