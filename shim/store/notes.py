"""Numbers that services remember, for all processes together."""

from __future__ import annotations

import time
from collections.abc import Callable

from shim.store.interface import Statements, Store, StoreError

KEPT = 400 * 86400
"""For how many seconds a note is kept that nobody renews."""
_MANY = 1000
_KNOWN = "SELECT value FROM notes WHERE place = :place"
_KEEP = """
INSERT INTO notes (place, value, at) VALUES (:place, :value, :now)
ON CONFLICT (place) DO UPDATE SET value = excluded.value, at = excluded.at
"""
_OLD = "DELETE FROM notes WHERE place IN (SELECT place FROM notes WHERE at < :before LIMIT :many)"


class StoredNotes:
    """Notes in a store. While that can't be had nothing is known, and nothing kept."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store, self._clock = store, clock

    def known(self, place: str) -> int | None:
        """The number, None if it is not known."""
        try:
            rows = self._store.read(_KNOWN, place=place)
        except StoreError:
            return None
        return int(rows[0]["value"]) if rows else None

    def keep(self, place: str, value: int) -> None:
        """Remember a number; what is too old goes."""
        now = int(self._clock())

        def work(statements: Statements) -> None:
            statements.run(_KEEP, place=place, value=value, now=now)
            statements.run(_OLD, before=now - KEPT, many=_MANY)

        try:
            self._store.write(work)
        except StoreError:
            return
