"""What a process does beside its requests, again and again: one thread for all of it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from shim.store.interface import StoreError

log = structlog.get_logger(__name__)
Job = Callable[[], object]
LAST = 8.0
"""How many seconds the last jobs may take when a process ends."""


@dataclass(eq=False)
class _Chore:
    """A job, how often it is done, and the time by the loop's clock when it is due."""

    name: str
    seconds: float
    job: Job
    last: Job | None
    due: float = 0.0


class Chores:
    """The chores of a process. They are known before a fork and done behind it, each process by a thread of its own.

    A job that raises is tried again when it is due. The log tells of a kind of failure when it begins, whichever jobs
    it hits, and when the first of them works again.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: list[_Chore] = []
        self._loops: dict[int, _Loop] = {}

    def every(self, seconds: float, job: Job, name: str, last: Job | None = None) -> None:
        """Do a job at once and then every so many seconds; `last` in its place when the process ends."""
        self._known.append(_Chore(name, seconds, job, last))

    def ensure(self) -> None:
        """See that this process has its thread; costs next to nothing if it has.

        Where none can begin, a later call may try again. Threads do not survive a fork, and a lock might be held in
        one: what belongs to a process is found by its id.
        """
        if os.getpid() not in self._loops:
            loop = _Loop(self._known, self._clock)
            if self._loops.setdefault(os.getpid(), loop) is loop and not loop.begin():
                del self._loops[os.getpid()]

    def stop(self, patience: float = LAST) -> bool:
        """Do the last jobs and end the thread, if there is one; whether that was done in so many seconds."""
        loop = self._loops.pop(os.getpid(), None)
        return loop is None or loop.stop(patience)


class _Loop:
    def __init__(self, known: list[_Chore], clock: Callable[[], float]) -> None:
        self._chores = [_Chore(c.name, c.seconds, c.job, c.last) for c in known]
        self._clock = clock
        self._ended = threading.Event()
        self._failing: dict[str, type[Exception]] = {}
        self._thread = threading.Thread(target=self._run, name="chores", daemon=True)

    def begin(self) -> bool:
        try:
            self._thread.start()
        except RuntimeError:  # the machine has no thread left
            return False
        return True

    def stop(self, patience: float) -> bool:
        self._ended.set()
        self._thread.join(patience)
        return not self._thread.is_alive()

    def _run(self) -> None:
        now = self._clock()
        for chore in self._chores:
            chore.due = now
        while not self._ended.wait(self._wait()):
            for chore in self._chores:
                if chore.due <= self._clock() and not self._ended.is_set():
                    self._do(chore.name, chore.job)
                    chore.due = self._clock() + chore.seconds
        for chore in self._chores:
            if chore.last:
                self._do(chore.name, chore.last)

    def _wait(self) -> float | None:
        """Seconds until something is due; None if nothing ever is."""
        now = self._clock()
        return min((max(0.0, chore.due - now) for chore in self._chores), default=None)

    def _do(self, name: str, job: Job) -> None:
        try:
            job()
        except Exception as error:
            self._fail(name, error)
            return
        kind = self._failing.get(name)
        if kind:
            self._failing = {other: each for other, each in self._failing.items() if each is not kind}
            log.info("chore works again", chore=name)

    def _fail(self, name: str, error: Exception) -> None:
        """What a store or the machine can't do is told in words, a fault of ours with where it happened."""
        kind = type(error)
        if kind not in self._failing.values():
            fault = not isinstance(error, StoreError | OSError)
            log.warning("chore failed", chore=name, problem=str(error), exc_info=fault)
        self._failing[name] = kind
