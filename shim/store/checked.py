"""What both databases have in common: they look at the version of their tables, and keep processes apart."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from shim.store import migrations
from shim.store.interface import Row, Statements, Store, StoreError, T


class Closing(Protocol):
    """Something that ends."""

    def close(self) -> None:
        """End."""


H = TypeVar("H", bound=Closing)


class Checked(Store, Generic[H]):
    """A store that checks its tables once, and again when something failed.

    What it holds of connections and threads, it holds by process: behind a fork the parent's are neither used nor
    closed, which would end them for the parent as well.
    """

    embedded = False
    """Whether the first who writes migrates it."""

    def __init__(self) -> None:
        self._current = False
        self._held: dict[int, H] = {}

    def read(self, sql: str, /, **values: Any) -> list[Row]:
        """The rows of one statement."""
        return self._guarded(migrations.check, lambda: self.query(sql, values))

    def write(self, work: Callable[[Statements], T]) -> T:
        """What `work` returns from its transaction."""
        return self._guarded(migrations.migrate if self.embedded else migrations.check, lambda: self.transact(work))

    def close(self) -> None:
        """Let go of what this process holds."""
        held = self._held.pop(os.getpid(), None)
        if held:
            held.close()

    @property
    def held(self) -> H:
        """What this process holds."""
        process = os.getpid()
        return self._held.get(process) or self._held.setdefault(process, self._made())

    @abstractmethod
    def _made(self) -> H:
        """Something to hold, which begins when it is used; one that another thread has made before may win."""

    def _guarded(self, look: Callable[[Store], object], act: Callable[[], T]) -> T:
        try:
            if not self._current:
                look(self)
                self._current = True
            return act()
        except StoreError:
            self._current = False
            raise
