"""The gate of one process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from typing import Protocol

from shim.upstream.errors import Kind, UpstreamError
from shim.upstream.gate.admission import Admission, Bounds, Entry

_LOOK = 0.25
BUSY = "too many calls wait for this API"


class Gate(Protocol):
    """Lets calls in. `patience` is how long to wait, in seconds."""

    def admitted(self, bounds: Bounds, caller: str, weight: int, patience: float) -> AbstractContextManager[None]:
        """Wait for a turn and hold it. Raises UpstreamError (busy) for who waits in vain."""
        ...


class Local:
    """Lets in the calls of this process's threads."""

    def __init__(self) -> None:
        self._admission = Admission()
        self._lock = threading.Lock()

    @contextmanager
    def admitted(self, bounds: Bounds, caller: str, weight: int, patience: float) -> Iterator[None]:
        """Wait for a turn and hold it. Raises UpstreamError (busy) for who waits in vain."""
        settled = threading.Event()
        entry = Entry(bounds, caller, weight, lambda _: settled.set())
        with self._lock:
            self._admission.arrive(entry, time.monotonic())
        self._wait(entry, settled, time.monotonic() + patience)
        if entry.state != "inside":
            raise UpstreamError(Kind.BUSY, BUSY)
        with judged(partial(self._leave, entry)):
            yield

    def _leave(self, entry: Entry, good: bool) -> None:
        with self._lock:
            self._admission.leave(entry, time.monotonic(), good=good)

    def _wait(self, entry: Entry, settled: threading.Event, end: float) -> None:
        """Wait to be let in, and notice meanwhile what hangs."""
        while entry.state == "waiting":
            left = end - time.monotonic()
            settled.wait(max(0.0, min(left, _LOOK)))
            with self._lock, suppress(KeyError):
                self._admission.look(time.monotonic())
                if left <= 0:
                    self._admission.withdraw(entry, time.monotonic())


@contextmanager
def judged(tell: Callable[[bool], None]) -> Iterator[None]:
    """Tell of a call at its end whether the API was well: whether it answered at all."""
    good = False
    try:
        yield
        good = True
    except UpstreamError as error:
        good = error.kind not in TROUBLE
        raise
    finally:
        tell(good)


TROUBLE = frozenset({Kind.TIMEOUT, Kind.UNREACHABLE})
"""What says that the server is not well, rather than that it answered something else than was hoped for."""
