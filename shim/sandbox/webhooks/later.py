"""What is to be done at a later time, by one thread that begins with the first of it."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable
from itertools import count

Job = Callable[[], object]


class Later:
    """Does jobs when they are due, those due first before others. What is not due yet when it is closed is dropped."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Job]] = []
        self._numbers = count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._ended = False

    def __len__(self) -> int:
        return len(self._due)

    def add(self, seconds: float, job: Job) -> None:
        """Do a job in so many seconds; it must not last, nor raise."""
        with self._changed:
            if self._ended:
                return
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._numbers), job))
            if not self._thread:
                self._thread = threading.Thread(target=self._run, name="webhooks later", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Drop what is not due and end."""
        with self._changed:
            self._ended = True
            self._due.clear()
            self._changed.notify()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while job := self._next():
            job()

    def _next(self) -> Job | None:
        """The next job, when it is due; None at the end."""
        with self._changed:
            while not self._ended:
                left = self._due[0][0] - time.monotonic() if self._due else None
                if left is not None and left <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(left)
        return None
