"""How much of what has arrived the store remembers: beyond that the oldest is forgotten before its time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from shim.store import Statements

log = structlog.get_logger(__name__)
BELIEVED = 300.0
"""For how many seconds it is believed how many rows there are, but for those of this process."""
_PIECE = 50


@dataclass(frozen=True)
class Bounds:
    """How many nonces and deliveries are remembered in all, and how many bytes of records."""

    nonces: int = 1_000_000
    deliveries: int = 500_000
    space: int = 2**28


class Room:
    """The room in a table whose rows have a time `at`. Its method runs in the transaction of who wrote a row."""

    def __init__(self, table: str, key: Sequence[str], most: int, space: int | None = None) -> None:
        """`key` is the table's; `space` bounds the sum of its column `size`, None where it has none."""
        self._table, self._most, self._space = table, most, space
        size = "0" if space is None else "size"
        self._sums = f"SELECT COUNT(*) AS n, COALESCE(SUM({size}), 0) AS size FROM {table}"  # noqa: S608
        columns = ", ".join(key)
        self._oldest = f"SELECT {columns}, {size} AS size FROM {table} ORDER BY at LIMIT :many"  # noqa: S608
        self._key, which = key, " AND ".join(f"{column} = :{column}" for column in key)
        self._delete = f"DELETE FROM {table} WHERE {which}"  # noqa: S608
        self._rows = self._bytes = 0
        self._until = self._warned = 0.0

    def take(self, statements: Statements, size: int = 0) -> None:
        """Count a row that was just written; forget the oldest for it where there is no room."""
        now = time.monotonic()
        if now >= self._until:
            found = statements.rows(self._sums)[0]
            self._rows, self._bytes, self._until = found["n"], int(found["size"]), now + BELIEVED
        else:
            self._rows, self._bytes = self._rows + 1, self._bytes + size
        while self._is_over and self._forget(statements):
            self._warn(now)

    @property
    def _is_over(self) -> bool:
        return self._rows > self._most or (self._space is not None and self._bytes > self._space)

    def _forget(self, statements: Statements) -> int:
        """Let go of some of the oldest rows; how many these are."""
        gone = statements.rows(self._oldest, many=min(_PIECE, max(1, self._rows)))
        statements.many(self._delete, [{column: row[column] for column in self._key} for row in gone])
        self._rows -= len(gone)
        self._bytes -= sum(row["size"] for row in gone)
        return len(gone)

    def _warn(self, now: float) -> None:
        if now >= self._warned:
            self._warned = now + BELIEVED
            log.warning("arrivals of webhooks forgotten before their time: there are too many", table=self._table)
