"""Lets go of what is too old, and puts right what a wrong clock has left."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import structlog

from shim.store import Statements
from shim.webhooks.queue.lanes import LEASE
from shim.webhooks.queue.outbox import Outbox

log = structlog.get_logger(__name__)
DAY = 86400
PARCELS, TRACES = 30 * DAY, 90 * DAY
"""For how long parcels wait at most, and for how long it is known what was delivered, in seconds."""
CHECKS = 7 * DAY
"""For how long it is known how far records were compared: behind that none is compared any more, in seconds."""
OUTCOMES = 10_000
"""How many outcomes are kept."""
SWEEP = 600.0
"""How often it is swept, in seconds."""
FAR = DAY
"""No wait is as long as this, in seconds."""
_PIECE = 500
_OLDEST = "SELECT subscription, uuid, event FROM {0} WHERE {1} < :limit ORDER BY {1} LIMIT :most"
_BEYOND = "SELECT subscription, uuid, event FROM webhook_outcomes ORDER BY at DESC LIMIT :most OFFSET :kept"
_DELETE = "DELETE FROM {} WHERE subscription = :subscription AND uuid = :uuid AND event = :event"
_UNUSED = (
    "DELETE FROM webhooks WHERE used_at < :limit AND NOT EXISTS"
    " (SELECT 1 FROM outbox WHERE outbox.subscription = webhooks.subscription)"
)
_CLOCK = (
    "UPDATE outbox SET next_at = :now WHERE next_at > :now + :far",
    "UPDATE outbox_lanes SET next_at = :now WHERE next_at > :now + :far",
    "UPDATE outbox_lanes SET lease_until = 0 WHERE lease_until > :now + :lease",
)
_UNCHECKED = "DELETE FROM webhook_checks WHERE checked_at < :limit"
_ENDED = "DELETE FROM webhooks WHERE ended_at > 0 AND ended_at < :limit"
Work = Callable[[Statements], int]


class Retention:
    """Sweeps an outbox, in transactions that keep nobody waiting for long. Raises StoreError."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def run(self) -> None:
        """Sweep once."""
        now = int(self._outbox.clock())
        self._outbox.store.write(partial(_set_right, now))
        dropped = self._all(partial(_delete_old, "outbox", "created_at", now - PARCELS))
        if dropped:
            log.warning("webhooks dropped that waited for too long", n=dropped, days=PARCELS // DAY)
        self._all(partial(_delete_old, "webhook_outcomes", "at", now - TRACES))
        self._all(_delete_beyond)
        self._outbox.store.write(lambda s: s.run(_UNUSED, limit=now - TRACES) + s.run(_ENDED, limit=now - DAY))
        self._outbox.store.write(lambda s: s.run(_UNCHECKED, limit=now - CHECKS))

    def _all(self, work: Work) -> int:
        """Do it until there is nothing left; how many rows that were."""
        total = 0
        while done := self._outbox.store.write(work):
            total += done
        return total


def _set_right(now: int, statements: Statements) -> None:
    for sql in _CLOCK:
        bounds = {"far": FAR} if ":far" in sql else {"lease": 10 * LEASE}
        statements.run(sql, now=now, **bounds)


def _delete_old(table: str, column: str, limit: int, statements: Statements) -> int:
    rows = statements.rows(_OLDEST.format(table, column), limit=limit, most=_PIECE)
    statements.many(_DELETE.format(table), rows)
    return len(rows)


def _delete_beyond(statements: Statements) -> int:
    rows = statements.rows(_BEYOND, most=_PIECE, kept=OUTCOMES)
    statements.many(_DELETE.format("webhook_outcomes"), rows)
    return len(rows)
