"""Paging one upstream list (design D4, conventions 5.3 to 5.5), with the network key or without it.

*Sealed*: with the instance's network key a cursor is made and read, so any bound costs one call.
*Walk* (in `walk`): without it the server's own cursors are followed from the start, or from a remembered place.
Both answer the same two questions: everything, and the rows from a bound on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shim.crypto import SealError, seal, unseal
from shim.upstream.guard import LARGEST_INT
from shim.upstream.listings import Listing

EVERYTHING = 100_000
Row = dict[str, Any]
Fetch = Callable[[str | None], tuple[Sequence[Row], str | None]]
KeyOf = Callable[[Row], Hashable]


@dataclass(frozen=True)
class Rows:
    """What a pager found. `more` says whether rows follow; `complete` whether none can be missing;
    `next` is the key of the first row that follows, where that is known; `total` counts the whole list.
    """

    rows: list[Row]
    more: bool = False
    complete: bool = True
    next: int | None = None
    total: int = 0


class Ask(Protocol):
    """Asks for a page of at most `size` rows by `cursor`, and for the keys of one by `counter` if `counted`, at once.

    No rows are asked for where `size` is 0. A page is `{"results": [...], "cursor": ...}`; what was not asked for is
    None.
    """

    def __call__(
        self, *, size: int, cursor: str | None = None, counted: bool, counter: str | None = None
    ) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]: ...


@dataclass(frozen=True)
class Window:
    """The rows to find: at most `size` with a key `<= start` of a list that descends by that key.

    `place` names the list and the caller (keyed fingerprint) for what may be remembered; `part` is how many rows
    one call may ask for.
    """

    start: int | None
    size: int
    place: Hashable
    part: int = EVERYTHING


class Pager(Protocol):
    """One of the two ways; `seals` says whether it makes cursors."""

    seals: bool

    def make(self, count: int, position: str = "") -> str | None:
        """A cursor of `count` rows from `position` on (empty: from the start), where one can be made."""
        ...

    def continued(self, cursor: str, count: int) -> str:
        """A cursor of `count` rows from where another leads to, or where none can be made that other itself."""
        ...

    def everything(self, listing: Listing, fetch: Fetch, key: KeyOf) -> Rows:
        """Every row of the list, each once, in the server's order."""
        ...

    def window(self, listing: Listing, ask: Ask, window: Window, key: str = "id") -> Rows:
        """The rows of a window and the length of the whole list."""
        ...


class Sealed:
    """Cursors made with the network key."""

    seals = True

    def __init__(self, network_key: str) -> None:
        self._key = network_key

    def make(self, count: int, position: str = "") -> str:
        """A cursor of `count` rows from `position` on (empty: from the start)."""
        return seal(self._key, {"count": count, "next": position, "search": ""})

    def continued(self, cursor: str, count: int) -> str:
        """A cursor of `count` rows from where another leads to. Raises SealError for one of another instance."""
        return self.make(count, self.read(cursor))

    def read(self, cursor: str) -> str:
        """The position in a cursor. Raises SealError for one of another instance."""
        return str(unseal(self._key, cursor)["next"])

    def everything(self, listing: Listing, fetch: Fetch, key: KeyOf) -> Rows:
        """Every row, by one call for a page that is large enough."""
        rows, cursor = fetch(self.make(EVERYTHING))
        return Rows(_unique(rows, key), more=cursor is not None, complete=cursor is None)

    def window(self, listing: Listing, ask: Ask, window: Window, key: str = "id") -> Rows:
        """One call for each part: the bound is the cursor's position, and the next one stands in the cursor answered.

        The first also asks for the keys of the whole list.
        """
        found: list[Row] = []
        following = None if window.start is None else _within(window.start)
        total = 0
        while True:
            size = min(window.part, window.size - len(found))
            cursor = self.make(size, "" if following is None else str(following))
            counter = None if found else self.make(EVERYTHING)
            page, keys = ask(size=size, cursor=cursor, counted=not found, counter=counter)
            assert page is not None
            found += page["results"]
            total = total if keys is None else len(keys["results"])
            following = self._position(page["cursor"])
            if following is None or not page["results"] or len(found) >= window.size:
                return Rows(found, page["cursor"] is not None, next=following, total=total)

    def _position(self, cursor: str | None) -> int | None:
        try:
            return None if cursor is None else int(self.read(cursor))
        except (SealError, ValueError):
            return None


def _within(start: int) -> int:
    """The bound as a position that an integer column can be compared with; ids are positive."""
    return max(0, min(start, LARGEST_INT))


def _unique(rows: Sequence[Row], key: KeyOf) -> list[Row]:
    return list({key(row): row for row in rows}.values())
