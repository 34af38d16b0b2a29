"""What this process knows of arrivals: enough by itself where there is no store, and while it can't be had."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

KEPT_NONCES = 90 * 86400
"""For how many seconds the old receivers refused a nonce again (conventions 8.3)."""
MOST_NONCES = 100_000
MOST_ARRIVALS = 10_000
MOST_BYTES = 2**24
"""Bounds of a process's memory; beyond them the oldest is forgotten."""


class Arrival(NamedTuple):
    """An event as it arrives for a subscription: the API delivers it again under the same UUID."""

    key: str
    uuid: str
    event: str


class Nonces:
    """The last nonces, the oldest first."""

    def __init__(self, most: int = MOST_NONCES) -> None:
        self._most = most
        self._seen: OrderedDict[str, float] = OrderedDict()

    def add(self, nonce: str, now: float) -> bool:
        """Note one; whether it is new."""
        while self._seen and (next(iter(self._seen.values())) < now - KEPT_NONCES):
            self._seen.popitem(last=False)
        if nonce in self._seen:
            return False
        self._seen[nonce] = now
        if len(self._seen) > self._most:
            self._seen.popitem(last=False)
        return True


class Arrivals:
    """Which events are being delivered, and what became of the last that were."""

    def __init__(self, most: int = MOST_ARRIVALS, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._left = most, most_bytes
        self._running: set[Arrival] = set()
        self._done: OrderedDict[Arrival, bytes] = OrderedDict()

    def begin(self, arrival: Arrival) -> bytes | bool:
        """Note that one is being delivered: True, or the record of what was, or False where it still is."""
        if arrival in self._done:
            return self._done[arrival]
        if arrival in self._running:
            return False
        self._running.add(arrival)
        return True

    def end(self, arrival: Arrival, record: bytes | None) -> None:
        """Note what became of one; None lets it begin again."""
        self._running.discard(arrival)
        if record is None or arrival in self._done:
            return
        self._done[arrival] = record
        self._left -= len(record)
        while len(self._done) > self._most or self._left < 0:
            self._left += len(self._done.popitem(last=False)[1])
