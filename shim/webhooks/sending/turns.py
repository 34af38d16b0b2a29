"""How many deliveries run at once, so that targets that hang leave threads for everybody else.

One host may have many names, and one user many hosts: both have a bound.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

IN_ALL, OF_ONE = 8, 4
Of = tuple[str, str]
"""Whose a turn is: a host's or a user's, with its name."""


class Turns:
    """At most so many at once in a process, and fewer to one host and of one user. Nobody waits for a turn."""

    def __init__(self, most: int = IN_ALL, each: int = OF_ONE) -> None:
        self._most, self._each = most, each
        self._lock = threading.Lock()
        self._all = 0
        self._taken: Counter[Of] = Counter()

    @contextmanager
    def of(self, host: str, user: str = "") -> Iterator[bool]:
        """A turn for a host and a user, where one is known, while the block runs; whether there was one."""
        names = [("host", host), *([("user", user)] if user else [])]
        mine = self._take(names)
        try:
            yield mine
        finally:
            if mine:
                self._give(names)

    def _take(self, names: Sequence[Of]) -> bool:
        with self._lock:
            if self._all >= self._most or any(self._taken[name] >= self._each for name in names):
                return False
            self._all += 1
            self._taken.update(names)
            return True

    def _give(self, names: Sequence[Of]) -> None:
        with self._lock:
            self._all -= 1
            self._taken -= Counter(names)  # keeps none that has none left
