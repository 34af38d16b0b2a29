"""Lets go of what is older than the operator wants to keep, a little at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from shim.store import Statements, Store
from shim.usage.report import DAY, HOUR

HOURS = 72
_NAME = "usage retention"
_CLAIM = (
    "INSERT INTO chores (name, done_at) VALUES (:name, :now)"
    " ON CONFLICT (name) DO UPDATE SET done_at = excluded.done_at"
    " WHERE chores.done_at <= excluded.done_at - :pause OR chores.done_at > excluded.done_at + :pause"
)


class Retention:
    """Deletes rows older than so many days.

    All workers and hosts together delete the rows of at most 72 hours in one hour, the oldest first, so that a clock
    that is wrong for an hour destroys little.
    """

    def __init__(self, store: Store, days: int, clock: Callable[[], float] = time.time) -> None:
        self._store, self._days, self._clock = store, days, clock

    def run(self) -> None:
        """Delete what is due, in a transaction for each hour. Raises StoreError.

        Something is always written, so that a store that can't be is known of before the first call.
        """
        now = int(self._clock())
        if self._store.write(partial(_claim, now)):
            for hour in self._due(now - self._days * DAY):
                self._store.write(partial(_delete, hour))

    def _due(self, limit: int) -> list[int]:
        """The oldest hours of which anything is kept for too long."""
        sql = (
            "SELECT hour FROM (SELECT hour FROM usage WHERE hour < :limit UNION SELECT hour FROM losses"
            " WHERE hour < :limit) AS old ORDER BY hour LIMIT :most"
        )
        return [row["hour"] for row in self._store.read(sql, limit=limit - limit % HOUR, most=HOURS)]


def _claim(now: int, statements: Statements) -> bool:
    """Whether nobody else has deleted within the hour; a time far ahead is one that a wrong clock has left."""
    return statements.run(_CLAIM, name=_NAME, now=now, pause=HOUR) == 1


def _delete(hour: int, statements: Statements) -> None:
    statements.run("DELETE FROM usage WHERE hour = :hour", hour=hour)
    statements.run("DELETE FROM losses WHERE hour = :hour", hour=hour)
