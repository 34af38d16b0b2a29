"""Numbers that a service has to remember from call to call, because GraphQL has no place for them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Protocol

MOST_NOTES = 10_000


class Notes(Protocol):
    """Remembers numbers by what they stand for (a hash). None of its methods raises; what is lost is not known."""

    def known(self, place: str) -> int | None:
        """The number, None if it is not known."""
        ...

    def keep(self, place: str, value: int) -> None:
        """Remember a number."""
        ...


class OwnNotes:
    """What this process remembers by itself: no more than the newest."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, place: str) -> int | None:
        """The number, None if it is not known."""
        with self._lock:
            return self._known.get(place)

    def keep(self, place: str, value: int) -> None:
        """Remember a number, and forget the oldest of too many."""
        with self._lock:
            self._known[place] = value
            self._known.move_to_end(place)
            while len(self._known) > MOST_NOTES:
                self._known.popitem(last=False)
