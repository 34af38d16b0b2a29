"""Sends what waits: a few threads, each with a lane of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from shim.store import StoreError
from shim.webhooks.queue.lanes import Lanes, Lease, Waiting
from shim.webhooks.sending.outcome import BROKEN, BUSY, Outcome
from shim.webhooks.sending.parcel import Parcel

log = structlog.get_logger(__name__)
THREADS = 8
"""How many parcels a process sends at once."""
TICK = 1.0
"""How often a process looks for lanes that are due, in seconds."""
STOP = 7.0
"""How long the end waits for attempts that are under way, in seconds: longer than they take."""
Send = Callable[[Parcel], Outcome]
"""Makes one attempt, with a new nonce. It raises nothing over a target, and takes a bounded time."""

Told = Callable[[Parcel, Outcome], object]


def untold(parcel: Parcel, outcome: Outcome) -> None:
    """Tells nobody."""


class Worker:
    """The threads of a process that send. They begin when something is due and end when nothing is.

    `tick` is to be called again and again, by one thread.
    """

    def __init__(self, lanes: Lanes, send: Send, threads: int = THREADS, told: Told = untold) -> None:
        """`told` is called behind each attempt."""
        self._lanes, self._send, self._most, self._told = lanes, send, threads, told
        self._busy: set[threading.Thread] = set()
        self._lock = threading.Lock()
        self._ending = threading.Event()

    @property
    def busy(self) -> int:
        """How many threads there are."""
        return len(self._busy)

    def tick(self) -> int:
        """See that there are threads for the lanes that are due; how many those are. Raises StoreError."""
        due = 0 if self._ending.is_set() else self._lanes.due()
        for _ in range(min(due, self._most) - len(self._busy)):
            self._begin()
        return due

    def stop(self, patience: float = STOP) -> bool:
        """End behind the attempts that are under way; whether that was so within so many seconds."""
        self._ending.set()
        deadline = time.monotonic() + patience
        with self._lock:
            threads = list(self._busy)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not self._busy

    def wait(self) -> None:
        """Wait until no thread is left."""
        while self._busy:
            with self._lock:
                thread = next(iter(self._busy), None)
            if thread:
                thread.join()

    def _begin(self) -> None:
        thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        with self._lock:
            self._busy.add(thread)
        try:
            thread.start()
        except RuntimeError:  # the machine has no thread left
            with self._lock:
                self._busy.discard(thread)

    def _run(self) -> None:
        """Serve lanes until none is due."""
        try:
            while not self._ending.is_set() and (lease := self._lanes.lease()):
                self._serve(lease)
        except StoreError as error:
            log.warning("the store can't be used: webhooks wait", problem=str(error))
        except Exception:
            log.exception("a fault in sending webhooks")
        finally:
            with self._lock:
                self._busy.discard(threading.current_thread())

    def _serve(self, lease: Lease) -> None:
        """Send the parcels of a lane until one fails, and then let others come first."""
        failed = False
        for waiting in filter(self._lanes.waits, self._lanes.parcels(lease)):
            going, failed = self._try(lease, waiting)
            if failed or not going or self._ending.is_set():
                break
        self._lanes.release(lease, failed)

    def _try(self, lease: Lease, waiting: Waiting) -> tuple[bool, bool]:
        """One attempt: whether to go on with what was read of the lane, and whether it failed."""
        outcome = self._attempt(waiting.parcel)
        if outcome.failure == BUSY:  # nothing was tried
            return False, True
        held = self._lanes.settle(lease, waiting, outcome)
        self._told(waiting.parcel, outcome)
        return held and not outcome.gone, outcome.again

    def _attempt(self, parcel: Parcel) -> Outcome:
        """What came of one; a fault of ours is one of this parcel alone."""
        try:
            return self._send(parcel)
        except Exception:
            log.exception("a webhook can't be sent", uuid=parcel.uuid)
            return Outcome(failure=BROKEN)
