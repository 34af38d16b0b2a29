"""A store that looks at the version of its tables before it is used, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shim.store import migrations
from shim.store.interface import Row, Statements, Store, StoreError, T


class Checked(Store):
    """`read` and `write` of both databases; what fails has the version looked at again."""

    embedded = False
    """Whether the first who writes migrates it."""

    def __init__(self) -> None:
        self._current = False

    def read(self, sql: str, /, **values: Any) -> list[Row]:
        """The rows of one statement."""
        return self._guarded(migrations.check, lambda: self.query(sql, values))

    def write(self, work: Callable[[Statements], T]) -> T:
        """What `work` returns from its transaction."""
        return self._guarded(migrations.migrate if self.embedded else migrations.check, lambda: self.transact(work))

    def _guarded(self, look: Callable[[Store], object], act: Callable[[], T]) -> T:
        try:
            if not self._current:
                look(self)
                self._current = True
            return act()
        except StoreError:
            self._current = False
            raise
