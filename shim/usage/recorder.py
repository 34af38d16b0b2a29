"""Counts calls behind their answers: observers only queue them, and a thread writes sums to the store."""

from __future__ import annotations

import os
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import structlog

from shim.services.hooks import Exchange
from shim.settings import Config
from shim.store import Statements, Store
from shim.store.chores import Chores
from shim.usage.agents import product
from shim.usage.batch import ROWS, Batch, Caps
from shim.usage.identity import NONE, UNVERIFIED, Identity, Proofs
from shim.usage.report import HOUR, UNKNOWN
from shim.usage.retention import Retention
from shim.usage.tally import Left, Tally, left, state_folder

log = structlog.get_logger(__name__)
FLUSH, SWEEP = 5.0, 60.0
"""How often sums are written, and how often lost calls of processes that are gone are looked for, in seconds."""
QUEUE = 20_000
_PIECE = 1000
_ADD = (
    "INSERT INTO usage (hour, service, endpoint, caller, agent, authorization_kind, status,"
    " calls, last_call, upstream_calls, bytes, refused, rehearsed)"
    " VALUES (:hour, :service, :endpoint, :caller, :agent, :authorization_kind, :status,"
    " :calls, :last_call, :upstream_calls, :bytes, :refused, :rehearsed)"
    " ON CONFLICT (hour, service, endpoint, caller, agent, authorization_kind, status) DO UPDATE SET"
    " calls = usage.calls + excluded.calls,"
    " last_call = CASE WHEN excluded.last_call > usage.last_call THEN excluded.last_call ELSE usage.last_call END,"
    " upstream_calls = usage.upstream_calls + excluded.upstream_calls, bytes = usage.bytes + excluded.bytes,"
    " refused = usage.refused + excluded.refused, rehearsed = usage.rehearsed + excluded.rehearsed"
)
_LOSE = (
    "INSERT INTO losses (hour, reason, calls) VALUES (:hour, :reason, :calls)"
    " ON CONFLICT (hour, reason) DO UPDATE SET calls = losses.calls + excluded.calls"
)


class Recorder:
    """The calls of a process on their way to the store.

    `observe` may be called by any thread; `flush`, `sweep` and `close` by one, which may wait for the store. What the
    store does not take now is kept, within bounds, and tried again; beyond them calls are lost, and that is counted.
    `state` is the folder for what outlasts the process, None for nothing.
    """

    def __init__(
        self,
        store: Store,
        identity: Identity,
        *,
        callers: int = 1000,
        state: Path | None = None,
        begin: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.time,
        queue: int = QUEUE,
        rows: int = ROWS,
    ) -> None:
        """`begin` is called by every observer, and sees that somebody flushes."""
        self._store, self._identity, self._state = store, identity, state
        self._ensure, self._clock, self._most = begin, clock, queue
        self._callers, self._rows = callers, rows
        self._mine: dict[int, _Counted] = {}

    @classmethod
    def of(cls, config: Config, store: Store, chores: Chores) -> Recorder:
        """The recorder that is configured, its work among the chores."""
        identity, state = Identity.of(config), state_folder(config)
        recorder = cls(store, identity, callers=config.usage_callers, state=state, begin=chores.ensure)
        chores.every(FLUSH, recorder.flush, "usage", last=recorder.close)
        chores.every(SWEEP, recorder.sweep, "usage lost by others")
        chores.every(HOUR, Retention(store, config.usage_retention).run, "usage retention")
        return recorder

    def observe(self, exchange: Exchange) -> None:
        """Take note of an answered call: never waits, never raises."""
        if exchange.endpoint is None:
            return
        mine = self._mine.get(os.getpid()) or self._begun()
        mine.tally.see()
        if len(mine.queue) < self._most:
            mine.queue.append(exchange)
        else:
            mine.full.see()
        self._ensure()

    def flush(self) -> None:
        """Write what was observed to the store. Raises StoreError; what is not written is kept."""
        mine = self._mine.get(os.getpid()) or self._begun()
        self._gather(mine)
        while mine.batch or mine.owed:
            self._write(mine)

    def sweep(self) -> None:
        """Count what processes lost that are gone. Raises StoreError, and OSError where the folder can't be used."""
        if self._state is None:
            return
        mine = self._mine.get(os.getpid()) or self._begun()
        try:
            mine.tally.keep(self._state, self._store.name)
        except OSError:
            self._store.write(_nothing)  # trouble with the store, if it is that, is told as such
            raise
        with left(self._state, self._store.name) as found:
            if found:
                self._store.write(partial(_lose, self._hour(), found))
                self._tell(mine, found)

    def close(self) -> None:
        """Write what is left, at the end of the process. Raises StoreError; the next process counts what was lost."""
        mine = self._mine.get(os.getpid())
        try:
            if mine:
                self.flush()
        finally:
            if mine:
                mine.tally.end()
                del self._mine[os.getpid()]

    @property
    def lost(self) -> Mapping[str, int]:
        """How many calls this process knows to be lost since it began, by reason."""
        mine = self._mine.get(os.getpid())
        if not mine:
            return {}
        return {reason: calls for reason, calls in {**mine.lost, "full": mine.full.seen}.items() if calls}

    @property
    def queued(self) -> int:
        """How many calls wait to be added up."""
        mine = self._mine.get(os.getpid())
        return len(mine.queue) if mine else 0

    def _begun(self) -> _Counted:
        """What this process has counted; what the process that it was forked from has is not its own."""
        begun = _Counted(Batch(Caps(self._callers), self._rows))
        for other in [self._mine.pop(pid, None) for pid in list(self._mine) if pid != os.getpid()]:
            if other:
                other.tally.leave()
        return self._mine.setdefault(os.getpid(), begun)

    def _gather(self, mine: _Counted) -> None:
        for _ in range(len(mine.queue)):
            exchange = mine.queue.popleft()
            kind = mine.proofs.kind(exchange)
            named = kind not in (UNVERIFIED, NONE) and exchange.caller is not None
            caller = self._identity.stored(exchange.caller or "") if named else UNKNOWN
            if not mine.batch.add(exchange, caller, product(exchange.agent), kind):
                mine.lose(self._hour(), "store", 1)
        full = mine.full.seen
        if full > mine.told_full:
            mine.owed[self._hour(), "full"] += full - mine.told_full
            mine.told_full = full

    def _write(self, mine: _Counted) -> None:
        """A piece of the batch, with what is known to be lost: both or nothing."""
        keys, owed = mine.batch.piece(_PIECE), tuple(mine.owed.items())
        rows = list(mine.batch.rows(keys))

        def work(statements: Statements) -> None:
            statements.many(_ADD, rows)
            statements.many(_LOSE, ({"hour": h, "reason": reason, "calls": n} for (h, reason), n in owed))

        self._store.write(work)
        mine.owed.clear()
        mine.tally.settle(mine.batch.drop(keys) + sum(calls for _, calls in owed))

    def _tell(self, mine: _Counted, found: list[Left]) -> None:
        for reason, calls in found:
            mine.lost[reason] += calls
            log.warning("calls were not counted", reason=reason, calls=calls)

    def _hour(self) -> int:
        now = int(self._clock())
        return now - now % HOUR


class _Counted:
    """What one process has: `owed` are losses that the store does not know of yet, by hour and reason."""

    def __init__(self, batch: Batch) -> None:
        self.queue: deque[Exchange] = deque()
        self.tally, self.full = Tally(), Tally()
        self.told_full = 0
        self.batch, self.proofs = batch, Proofs()
        self.owed: Counter[tuple[int, str]] = Counter()
        self.lost: Counter[str] = Counter()

    def lose(self, hour: int, reason: str, calls: int) -> None:
        self.lost[reason] += calls
        self.owed[hour, reason] += calls


def _lose(hour: int, found: list[Left], statements: Statements) -> None:
    rows = ({"hour": hour, "reason": what.reason, "calls": what.calls} for what in found)
    statements.many(_LOSE, rows)


def _nothing(statements: Statements) -> None:
    """Write nothing, but try."""
