"""What has arrived before: nonces, which count once, and events, which are delivered once.

Where there is a store all processes share it, within the bounds of `room`. While it can't be had each knows its own; a
refusal is not waited for again and again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import Enum, auto

from shim.store import Statements, Store, StoreError
from shim.webhooks.receiving.recent import KEPT_NONCES, Arrival, Arrivals, Nonces
from shim.webhooks.receiving.room import Bounds, Room

LEASE = 30
"""For how many seconds an event is held for the process that delivers it: longer than it takes, and as long as the API
waits for it (conventions 9.2), so that what a killed process was about is delivered when the API tries again."""
KEPT_DELIVERIES = 7 * 86400
"""For how many seconds outcomes are kept; the API has given up trying within hours."""
_ASKEW = 600
"""By how many seconds clocks of several nodes may differ; what is held for longer a clock held that was set back."""
PAUSE = 5.0
"""Seconds for which a store that failed is left alone."""
HOUR = 3600.0
"""How often that is looked at."""
_MANY = 1000
_NONCE = "INSERT INTO seen_nonces (nonce, at) VALUES (:nonce, :now) ON CONFLICT (nonce) DO NOTHING"
_BEGIN = """
INSERT INTO seen_deliveries (subscription, uuid, event, until, at) VALUES (:key, :uuid, :event, :until, :now)
ON CONFLICT (subscription, uuid, event) DO UPDATE SET until = excluded.until, at = excluded.at
WHERE seen_deliveries.record IS NULL AND (seen_deliveries.until <= :now OR seen_deliveries.until > :never)
"""
_FOUND = "SELECT record FROM seen_deliveries WHERE subscription = :key AND uuid = :uuid AND event = :event"
_END = """
INSERT INTO seen_deliveries (subscription, uuid, event, until, record, size, at)
VALUES (:key, :uuid, :event, 0, :record, :size, :now)
ON CONFLICT (subscription, uuid, event) DO UPDATE SET record = excluded.record, size = excluded.size
"""
_AGAIN = """
DELETE FROM seen_deliveries WHERE subscription = :key AND uuid = :uuid AND event = :event AND record IS NULL
"""
_OLD_NONCES = """
DELETE FROM seen_nonces WHERE nonce IN (SELECT nonce FROM seen_nonces WHERE at < :before LIMIT :many)
"""
_OLD_DELIVERIES = """
DELETE FROM seen_deliveries WHERE (subscription, uuid, event) IN
(SELECT subscription, uuid, event FROM seen_deliveries WHERE at < :before LIMIT :many)
"""


class Verdict(Enum):
    """What an arrival is: new, a nonce for the second time, or an event that somebody is delivering."""

    NEW = auto()
    REPLAYED = auto()
    RUNNING = auto()


class Memory:
    """Remembers arrivals, in the store if there is one."""

    def __init__(
        self,
        store: Store | None = None,
        *,
        missed: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.time,
        bounds: Bounds | None = None,
    ) -> None:
        """`missed` is called when the store could not be had for an arrival; `clock` gives Unix seconds."""
        self._store, self._missed, self._clock = store, missed, clock
        kept = bounds or Bounds()
        self._room_of_nonces = Room("seen_nonces", ("nonce",), kept.nonces)
        self._room = Room("seen_deliveries", ("subscription", "uuid", "event"), kept.deliveries, kept.space)
        self._nonces, self._arrivals = Nonces(), Arrivals()
        self._lock = threading.Lock()
        self._rest = 0.0
        self._used = False

    def arrive(self, nonce: str, arrival: Arrival | None) -> Verdict | bytes:
        """Note a nonce and the event that came with it, if any; the record of one that was delivered before.

        Who is told that it is NEW says by `end` what became of it.
        """
        found = self._arrive_here(nonce, arrival)
        if found is not Verdict.NEW:
            return found
        shared = self._try(lambda statements: self._arrive(statements, nonce, arrival)) or Verdict.NEW
        if arrival and shared is not Verdict.NEW:
            self._end_here(arrival, shared if isinstance(shared, bytes) else None)
        return shared

    def end(self, arrival: Arrival, record: bytes | None) -> None:
        """Note what the API is answered; None if it shall deliver the event again."""
        self._end_here(arrival, record)
        if record is None:
            self._try(lambda statements: statements.run(_AGAIN, **_named(arrival)))
        else:
            self._try(lambda statements: self._end(statements, arrival, record))

    def forget(self) -> None:
        """Delete what is too old from the store, little by little, if it was used. Raises StoreError."""
        if self._store is None or not self._used:
            return
        for sql, kept in ((_OLD_NONCES, KEPT_NONCES), (_OLD_DELIVERIES, KEPT_DELIVERIES)):
            before = int(self._clock()) - kept
            while self._store.write(_deleting(sql, before)) == _MANY:
                pass

    def _arrive_here(self, nonce: str, arrival: Arrival | None) -> Verdict | bytes:
        with self._lock:
            if not self._nonces.add(nonce, self._clock()):
                return Verdict.REPLAYED
            begun = self._arrivals.begin(arrival) if arrival else True
        return begun if isinstance(begun, bytes) else Verdict.NEW if begun else Verdict.RUNNING

    def _end_here(self, arrival: Arrival, record: bytes | None) -> None:
        with self._lock:
            self._arrivals.end(arrival, record)

    def _arrive(self, statements: Statements, nonce: str, arrival: Arrival | None) -> Verdict | bytes:
        now = int(self._clock())
        if not statements.run(_NONCE, nonce=nonce, now=now):
            return Verdict.REPLAYED
        self._room_of_nonces.take(statements)
        until = now + LEASE
        if not arrival or statements.run(_BEGIN, **_named(arrival), until=until, never=until + _ASKEW, now=now):
            return Verdict.NEW
        record = statements.rows(_FOUND, **_named(arrival))[0]["record"]
        return Verdict.RUNNING if record is None else str(record).encode()

    def _end(self, statements: Statements, arrival: Arrival, record: bytes) -> int:
        values = {**_named(arrival), "record": record.decode(), "size": len(record), "now": int(self._clock())}
        ended = statements.run(_END, **values)
        self._room.take(statements, len(record))
        return ended

    def _try(self, work: Callable[[Statements], Verdict | bytes | int]) -> Verdict | bytes | None:
        """What `work` finds in the store; None where that can't be had."""
        if self._store is None:
            return None
        if 0 < self._rest - self._clock() <= PAUSE:  # a clock that was set back must not prolong it
            self._missed()
            return None
        try:
            found = self._store.write(work)
            self._used = True
        except StoreError:
            self._rest = self._clock() + PAUSE
            self._missed()
            return None
        return None if isinstance(found, int) else found


def _named(arrival: Arrival) -> dict[str, str]:
    return arrival._asdict()


def _deleting(sql: str, before: int) -> Callable[[Statements], int]:
    return lambda statements: statements.run(sql, before=before, many=_MANY)
