"""How many deliveries run at once, so that targets that hang leave threads for everybody else."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

IN_ALL, OF_A_HOST = 8, 4


class Turns:
    """At most so many at once in a process, and fewer to one host. Nobody waits for a turn."""

    def __init__(self, most: int = IN_ALL, each: int = OF_A_HOST) -> None:
        self._most, self._each = most, each
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    @contextmanager
    def of(self, host: str) -> Iterator[bool]:
        """A turn for a host while the block runs; whether there was one."""
        mine = self._take(host)
        try:
            yield mine
        finally:
            if mine:
                self._give(host)

    def _take(self, host: str) -> bool:
        with self._lock:
            if self._taken.total() >= self._most or self._taken[host] >= self._each:
                return False
            self._taken[host] += 1
            return True

    def _give(self, host: str) -> None:
        with self._lock:
            self._taken[host] -= 1
            if not self._taken[host]:
                del self._taken[host]
