"""What a store is: statements in, rows out, and one way to fail."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")
Row = dict[str, Any]


class StoreError(Exception):
    """The store can't be used now: locked, full, read-only, unreachable. Holds no password."""


UNFIT = (UnicodeEncodeError, OverflowError)
"""How values fail that no database holds: half a surrogate pair, numbers beyond 64 bits."""


class Outdated(StoreError):
    """The store's tables are not those that this code needs: not migrated, or those of a newer shim."""


class Statements:
    """What work does within its transaction. Statements hold named parameters, `:name`."""

    def __init__(self, connection: Any, translated: Callable[[str], Any] = str) -> None:
        """`translated` says how the connection's database writes a statement."""
        self._connection, self._translated = connection, translated

    def run(self, sql: str, /, **values: Any) -> int:
        """Run one statement; the number of rows that it changed."""
        changed: int = self._connection.execute(self._translated(sql), values).rowcount
        return changed

    def many(self, sql: str, rows: Iterable[Mapping[str, Any]], /) -> None:
        """Run one statement for each of many rows of values."""
        self._connection.cursor().executemany(self._translated(sql), rows)

    def rows(self, sql: str, /, **values: Any) -> list[Row]:
        """The rows that a statement gives, by column."""
        found: list[Row] = self._connection.execute(self._translated(sql), values).fetchall()
        return found


class Store(ABC):
    """A database behind statements that are written once for SQLite and PostgreSQL.

    That asks for common SQL: `INSERT ... ON CONFLICT (...) DO UPDATE SET n = t.n + excluded.n`, integers in place of
    booleans, `CASE` in place of the greater of two, no `LIKE` (they differ over case), no order of texts that matters.
    Opening is lazy and goes by process, so that a store may be made before a fork and used behind it. Any thread may
    use it; whatever can't be done raises StoreError within bounded time, and is tried anew by the next call.
    """

    name: str
    """Its URL without the password."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    @abstractmethod
    def read(self, sql: str, /, **values: Any) -> list[Row]:
        """The rows that one statement gives, by column; it can't write. Raises StoreError."""

    @abstractmethod
    def write(self, work: Callable[[Statements], T]) -> T:
        """What `work` returns, whose statements run in one transaction: all or nothing.

        Transactions that write run one at a time, whatever process they are of, so what work reads holds until its
        end. Raises StoreError, and what work raises. Where the connection breaks at the very end, all may have been
        done nonetheless.
        """

    @abstractmethod
    def query(self, sql: str, values: Mapping[str, Any]) -> list[Row]:
        """`read`, whatever the version of the tables. Raises Outdated if there is no such table."""

    @abstractmethod
    def transact(self, work: Callable[[Statements], T], patience: float | None = None) -> T:
        """`write`, whatever the version of the tables; `patience` is how many seconds it may wait and each statement
        may take.
        """

    def scrub(self) -> bool:
        """Take out of the files what was deleted from the tables; whether it is known to be gone from them.

        A database of many users does that by itself, in its own time. Raises StoreError.
        """
        return False

    @abstractmethod
    def close(self) -> None:
        """Let go of connections and threads. Another call would open it again."""
