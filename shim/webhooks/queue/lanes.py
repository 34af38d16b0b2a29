"""Who sends what waits: lanes of parcels, each leased to one worker at a time, of whatever process and host.

A lane holds parcels to one host, so that a target that hangs keeps no others waiting; the one that waits longest is
served next. A worker that dies leaves a lease that ends, and another sends again what it may have sent: at least once.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from functools import partial

import structlog

from shim.crypto import SealError
from shim.services.events import Sender
from shim.services.subscription import open_
from shim.store import Row, Statements
from shim.webhooks.queue import rows
from shim.webhooks.queue.outbox import Outbox
from shim.webhooks.queue.schedule import wait_before
from shim.webhooks.sending.outcome import Outcome
from shim.webhooks.sending.parcel import Parcel

log = structlog.get_logger(__name__)
LEASE = 20
"""For how many seconds a lane is leased: longer than an attempt takes, and begun anew behind each."""
REST = 5
"""How many seconds a lane rests behind an attempt that failed, so that those whose targets work come first."""
UNREADABLE = "no key opens the subscription"
BATCH = 20
"""How many parcels of a lane are read at once."""
_FREE = "SELECT lane FROM outbox_lanes WHERE next_at <= :now AND lease_until <= :now"
_LEASE = "UPDATE outbox_lanes SET lease_until = :until, lease_owner = :owner WHERE lane = :lane"
_HELD = "SELECT lane FROM outbox_lanes WHERE lane = :lane AND lease_owner = :owner"
_PARCELS = (
    "SELECT o.*, w.sealed, w.dual FROM outbox o JOIN webhooks w ON w.subscription = o.subscription"
    " WHERE o.lane = :lane AND o.next_at <= :now ORDER BY o.next_at, o.created_at LIMIT :most"
)
_WAITS = (
    "SELECT uuid FROM outbox WHERE subscription = :subscription AND uuid = :uuid AND event = :event"
    " AND attempts = :attempts AND next_at IS NOT NULL"
)
_FIRST = "SELECT MIN(next_at) AS first FROM outbox WHERE lane = :lane"
_FAILED = (
    "UPDATE outbox SET attempts = attempts + 1, next_at = :next_at, last_status = :status, last_error = :error"
    " WHERE subscription = :subscription AND uuid = :uuid AND event = :event AND attempts = :attempts"
)
_TOOK_SINCE = "SELECT took_at FROM webhooks WHERE subscription = :key AND took_at >= :since"


@dataclass(frozen=True)
class Lease:
    """A lane that is ours for a while."""

    lane: int
    owner: str


@dataclass(frozen=True)
class Waiting:
    """A parcel that is due, with its row."""

    parcel: Parcel
    row: Row


class Lanes:
    """The lanes of an outbox. Its methods raise StoreError."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def due(self) -> int:
        """How many lanes could be leased now, of which no more than a hundred are counted; writes nothing."""
        sql = f"SELECT COUNT(*) AS n FROM ({_FREE} LIMIT 100) AS due"  # noqa: S608
        found: int = self._outbox.store.read(sql, now=self._now())[0]["n"]
        return found

    def lease(self) -> Lease | None:
        """The lane that waits longest, None if none is due."""
        return self._outbox.store.write(self._lease)

    def parcels(self, lease: Lease) -> list[Waiting]:
        """Some parcels of a lane that are due, those that wait longest first.

        Subscriptions that no key opens are parked: an operator may have left out a key that is still needed.
        """
        found = self._outbox.store.read(_PARCELS, lane=lease.lane, now=self._now(), most=BATCH)
        read = [(row, self._parcel(row)) for row in found]
        for key in {row["subscription"] for row, parcel in read if parcel is None}:
            if self._outbox.store.write(partial(rows.park, key=key, now=self._now(), reason=UNREADABLE)):
                log.error(f"webhooks parked: {UNREADABLE}", subscription=key)
        return [Waiting(parcel, row) for row, parcel in read if parcel]

    def waits(self, waiting: Waiting) -> bool:
        """Whether a parcel that was read still waits: it may have been dropped, or its subscription deleted."""
        row = {column: waiting.row[column] for column in (*rows.KEY, "attempts")}
        return bool(self._outbox.store.read(_WAITS, **row))

    def settle(self, lease: Lease, waiting: Waiting, outcome: Outcome) -> bool:
        """Note the outcome of an attempt; whether the lane is still ours, for as long again."""
        return self._outbox.store.write(lambda statements: self._settle(statements, lease, waiting, outcome))

    def release(self, lease: Lease, failed: bool = False) -> None:
        """Let go of a lane until its next parcel is due, and a little longer if the last attempt failed."""
        self._outbox.store.write(lambda statements: self._release(statements, lease, REST if failed else 0))

    def _now(self) -> int:
        return int(self._outbox.clock())

    def _lease(self, statements: Statements) -> Lease | None:
        now, owner = self._now(), secrets.token_hex(8)
        found = statements.rows(f"{_FREE} ORDER BY next_at LIMIT 1", now=now)
        if not found:
            return None
        lease = Lease(found[0]["lane"], owner)
        statements.run(_LEASE, lane=lease.lane, owner=owner, until=now + LEASE)
        return lease

    def _parcel(self, row: Row) -> Parcel | None:
        try:
            subscription = open_(self._outbox.keys, row["sealed"])
        except SealError:
            return None
        return Parcel(
            key=row["subscription"],
            subscription=subscription,
            url=subscription.dual if row["dual"] else subscription.url,
            event=row["event"],
            uuid=row["uuid"],
            payload=base64.b64decode(row["payload"]),
            sender=Sender(row["sender"]),
        )

    def _settle(self, statements: Statements, lease: Lease, waiting: Waiting, outcome: Outcome) -> bool:
        values, now = self._outbox.values(waiting.parcel), self._now()
        held = bool(statements.rows(_HELD, lane=lease.lane, owner=lease.owner))
        if not outcome.again:
            rows.strike(statements, values)
            rows.note(statements, values, outcome)
            rows.took(statements, waiting.parcel.key, now, outcome)
        elif held:
            self._fail(statements, values, waiting, outcome)
        if held:
            statements.run(_LEASE, lane=lease.lane, owner=lease.owner, until=now + LEASE)
        return held

    def _fail(self, statements: Statements, values: rows.Values, waiting: Waiting, outcome: Outcome) -> None:
        attempts, clock = waiting.row["attempts"], self._outbox.clock
        wait = wait_before(attempts + 1, outcome, clock())
        told = {"status": outcome.status, "error": rows.problem(outcome), "attempts": attempts}
        key = {column: values[column] for column in rows.KEY}
        next_at = None if wait is None else values["now"] + wait
        if statements.run(_FAILED, **key, **told, next_at=next_at):
            rows.note(statements, values, outcome)
            if wait is None:
                _give_up(statements, waiting, values["now"], rows.problem(outcome))

    def _release(self, statements: Statements, lease: Lease, rest: int) -> None:
        if not statements.rows(_HELD, lane=lease.lane, owner=lease.owner):
            return
        first = statements.rows(_FIRST, lane=lease.lane)[0]["first"]
        if first is None:
            statements.run("DELETE FROM outbox_lanes WHERE lane = :lane", lane=lease.lane)
            return
        next_at = max(first, self._now() + rest)
        sql = "UPDATE outbox_lanes SET next_at = :next_at, lease_until = 0, lease_owner = '' WHERE lane = :lane"
        statements.run(sql, lane=lease.lane, next_at=next_at)


def _give_up(statements: Statements, waiting: Waiting, now: int, problem: str) -> None:
    """Park a parcel that was tried often enough, and all of its subscription if its target took nothing else since."""
    parcel = waiting.parcel
    told = {"service": parcel.subscription.service, "subscription": parcel.key, "problem": problem}
    if statements.rows(_TOOK_SINCE, key=parcel.key, since=waiting.row["created_at"]):
        log.warning("a webhook is tried no more", uuid=parcel.uuid, **told)
    elif rows.park(statements, parcel.key, now, problem):
        log.warning("webhooks parked: the target takes nothing", **told)
