"""What the upstream servers run on: two cores and a PostgreSQL that all calls share (upstream-safety 3)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

BASE = 0.006
TRANSACTION = 0.0037
PER_ROW = 0.0001
ALONE = 0.5
LONGEST_STEP = 0.05


@dataclass(eq=False)
class Job:
    """One call at work: seconds of the whole machine that it takes, and how many of its rows need a connection.

    `age` is how long it has been at work, in seconds of a clock that stands still while this process does.
    """

    service: str
    work: float
    connections: int
    share: float
    left: float
    age: float = 0.0

    @classmethod
    def of(cls, service: str, *, rows: int, row_wise: int) -> Job:
        """A call whose answer has `rows` rows and reads `row_wise` fields by a transaction for each of theirs.

        Row-wise fields are read side by side on both cores, anything else by one of them.
        """
        work = BASE + PER_ROW * rows + TRANSACTION * row_wise
        return cls(service, work, max(1, row_wise), 1.0 if row_wise > 1 else ALONE, work)

    @property
    def open(self) -> int:
        """The connections that it holds: those of the rows that are still to be read, one at least."""
        return max(1, round(self.connections * self.left / self.work))


class Machine:
    """Shares itself out among the calls at work; each gets an equal part, but no more than it can use."""

    def __init__(self, max_connections: int = 100, clock: Callable[[], float] = time.monotonic) -> None:
        self.max_connections = max_connections
        self.peak: dict[str, int] = {}
        self.most_connections = 0
        self._clock = clock
        self._jobs: list[Job] = []
        self._lock = threading.Lock()
        self._now = clock()

    def begin(self, job: Job) -> bool:
        """Take a call in; False when PostgreSQL has not as many connections left as it opens."""
        with self._lock:
            self._advance()
            opened = sum(other.open for other in self._jobs) + job.open
            if opened > self.max_connections:
                return False
            self._jobs.append(job)
            at_work = sum(other.service == job.service for other in self._jobs)
            self.peak[job.service] = max(self.peak.get(job.service, 0), at_work)
            self.most_connections = max(self.most_connections, opened)
            return True

    def progress(self, job: Job) -> float:
        """Seconds after which a call would be done if no other came or went; 0 when it is."""
        with self._lock:
            self._advance()
            return max(0.0, job.left / self._share(job))

    def end(self, job: Job) -> None:
        """Let a call go, done or not."""
        with self._lock:
            self._advance()
            if job in self._jobs:
                self._jobs.remove(job)

    def _share(self, job: Job) -> float:
        return min(job.share, 1 / max(1, len(self._jobs)))

    def _advance(self) -> None:
        now = self._clock()
        passed, self._now = min(now - self._now, LONGEST_STEP), now
        for job in self._jobs:
            job.left -= passed * self._share(job)
            job.age += passed
