"""Two ways to page one upstream list (design D4, conventions 5.3 to 5.5).

*Sealed*: with the instance's network key a cursor is made and read, so any bound costs one call.
*Walk*: without it the server's own cursors are followed from the start, or from a remembered place.
Both answer the same two questions: everything, and the rows from a bound on.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shim.crypto import SealError, seal, unseal
from shim.upstream.listings import Defect, Listing

SERVER_PAGE = 25
EVERYTHING = 100_000
Row = dict[str, Any]
Fetch = Callable[[str | None], tuple[Sequence[Row], str | None]]
KeyOf = Callable[[Row], Hashable]


@dataclass(frozen=True)
class Rows:
    """What a pager found. `more` says whether rows follow; `complete` whether none can be missing;
    `next` is the key of the first row that follows, where that is known.
    """

    rows: list[Row]
    more: bool = False
    complete: bool = True
    next: int | None = None


class Pager(Protocol):
    """One of the two ways."""

    def make(self, count: int, position: str = "") -> str | None:
        """A cursor of `count` rows from `position` on (empty: from the start), where one can be made."""
        ...

    def everything(self, listing: Listing, fetch: Fetch, key: KeyOf) -> Rows:
        """Every row of the list, each once, in the server's order."""
        ...

    def window(self, listing: Listing, fetch: Fetch, key: KeyOf, start: int | None, size: int, place: Hashable) -> Rows:
        """At most `size` rows with a key `<= start` of a list that descends by that key.

        `place` names the list and the caller (keyed fingerprint) for what may be remembered.
        """
        ...


class Sealed:
    """Cursors made with the network key."""

    def __init__(self, network_key: str) -> None:
        self._key = network_key

    def make(self, count: int, position: str = "") -> str:
        """A cursor of `count` rows from `position` on (empty: from the start)."""
        return seal(self._key, {"count": count, "next": position, "search": ""})

    def read(self, cursor: str) -> str:
        """The position in a cursor. Raises SealError for one of another instance."""
        return str(unseal(self._key, cursor)["next"])

    def everything(self, listing: Listing, fetch: Fetch, key: KeyOf) -> Rows:
        """Every row, by one call for a page that is large enough."""
        rows, cursor = fetch(self.make(EVERYTHING))
        return Rows(_unique(rows, key), more=cursor is not None, complete=cursor is None)

    def window(self, listing: Listing, fetch: Fetch, key: KeyOf, start: int | None, size: int, place: Hashable) -> Rows:
        """One call: the bound is the cursor's position, the next bound stands in the cursor answered."""
        rows, cursor = fetch(self.make(size, "" if start is None else str(start)))
        following = self._position(cursor)
        return Rows(list(rows), more=cursor is not None, next=following)

    def _position(self, cursor: str | None) -> int | None:
        try:
            return None if cursor is None else int(self.read(cursor))
        except (SealError, ValueError):
            return None


class Walk:
    """The server's own cursors, a bounded memory of places reached, and a budget of calls."""

    def __init__(self, budget: int, remembered: int = 1024) -> None:
        self._budget = budget
        self._memory: OrderedDict[Hashable, str] = OrderedDict()
        self._size = remembered
        self._lock = threading.Lock()

    def make(self, count: int, position: str = "") -> str | None:
        """None: without the key no cursor can be made, and the list begins at its start."""
        return None

    def everything(self, listing: Listing, fetch: Fetch, key: KeyOf) -> Rows:
        """Every row that following cursors reaches; a page without new rows ends a list that repeats."""
        found: dict[Hashable, Row] = {}
        cursor: str | None = None
        for _ in range(self._budget):
            rows, cursor = fetch(cursor)
            new = {key(row): row for row in rows if key(row) not in found}
            found |= new
            if cursor is None or not new:
                break
        whole = cursor is None and (listing.defect in _HARMLESS or len(found) <= SERVER_PAGE)
        return Rows(list(found.values()), more=cursor is not None, complete=whole)

    def window(self, listing: Listing, fetch: Fetch, key: KeyOf, start: int | None, size: int, place: Hashable) -> Rows:
        """Walk to the bound and on until `size` rows are there; remember where to go on.

        The next bound is the last key minus one, which means the same under `<=` (conventions 5.5).
        """
        found: dict[Hashable, Row] = {}
        cursor = self._recall((place, start)) if start is not None else None
        for _ in range(self._budget):
            rows, cursor = fetch(cursor)
            wanted = {key(r): r for r in rows if start is None or int(str(key(r))) <= start}
            if not wanted.keys() - found.keys() and found:
                cursor = None
            found |= wanted
            if cursor is None or len(found) >= size:
                break
        kept = list(found.values())[:size]
        more = cursor is not None or len(found) > size
        following = int(str(key(kept[-1]))) - 1 if more and kept else None
        if following is not None and cursor is not None and len(found) == size:
            self._remember((place, following), cursor)
        return Rows(kept, more=more, complete=cursor is None or bool(kept), next=following)

    def _recall(self, place: Hashable) -> str | None:
        with self._lock:
            return self._memory.get(place)

    def _remember(self, place: Hashable, cursor: str) -> None:
        with self._lock:
            self._memory[place] = cursor
            while len(self._memory) > self._size:
                self._memory.popitem(last=False)


_HARMLESS = frozenset({Defect.NONE, Defect.TIES})


def _unique(rows: Sequence[Row], key: KeyOf) -> list[Row]:
    return list({key(row): row for row in rows}.values())
