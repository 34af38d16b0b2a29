"""A store in one SQLite file: readers of their own beside one writer in each process (WAL)."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from shim.store.checked import Checked
from shim.store.interface import UNFIT, Outdated, Row, Statements, StoreError, T
from shim.store.writer import Writer

_STEPS = 10_000
"""How many of SQLite's instructions, about a millisecond, run between two looks at the clock."""


class SQLiteStore(Checked[Writer]):
    """A file, made with its tables by the first who writes.

    A connection that reads lasts for one statement, so that it sees a file that was put in the place of the old one;
    one that writes lasts until something fails. Where WAL is impossible SQLite's older journal does.
    """

    embedded = True

    def __init__(self, path: Path, patience: float, limit: float) -> None:
        """`patience` is how many seconds a call waits for others, `limit` how many a transaction may take."""
        super().__init__()
        self.name = f"sqlite:///{path}"
        self._path, self._patience, self._limit = path, patience, limit

    def query(self, sql: str, values: Mapping[str, Any]) -> list[Row]:
        """The rows of one statement, over a connection that can't write."""
        if not os.path.exists(self._path):
            raise Outdated(f"{self.name}: there is no such file")
        with self._failing(), closing(self._open(self._reading())) as connection:
            connection.execute("PRAGMA query_only = on")
            _limit(connection, self._patience, self._limit)
            return connection.execute(sql, values).fetchall()

    def transact(self, work: Callable[[Statements], T], patience: float | None = None) -> T:
        """What `work` returns from its transaction in the writer's thread."""
        waits, lasts = patience or self._patience, patience or self._limit

        def begun(connection: sqlite3.Connection) -> T:
            _limit(connection, waits, lasts)
            connection.execute("BEGIN IMMEDIATE")
            result = work(Statements(connection))
            connection.execute("COMMIT")
            return result

        with self._failing():
            return self.held.do(begun, waits)

    def _made(self) -> Writer:
        return Writer(self._path, self._open_writing, self.name)

    def _reading(self) -> str:
        """How to open the file for reading: a WAL that is made beside a read-only file stays as read-only as that."""
        whole = not os.access(self._path, os.W_OK) and not os.path.exists(f"{self._path}-wal")
        return "mode=ro&immutable=1" if whole else "mode=rw"

    def _open(self, how: str) -> sqlite3.Connection:
        address = f"file:{quote(str(self._path))}?{how}"
        connection = sqlite3.connect(address, timeout=self._patience, isolation_level=None, uri=True)
        connection.row_factory = _row
        return connection

    def _open_writing(self) -> sqlite3.Connection:
        """SQLite's own locks are lost when a file is closed that it has open: made here, it was not there before."""
        try:
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            pass
        except OSError as error:
            raise StoreError(f"{self.name}: can't be made: {error.strerror}") from None
        if not os.access(self._path, os.W_OK):
            raise StoreError(f"{self.name}: may not be written by this user")
        connection = self._open("mode=rw")
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
        return connection

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            kind = Outdated if str(error).startswith("no such table") else StoreError
            raise kind(f"{self.name}: {error}") from error
        except UNFIT as error:
            raise StoreError(f"{self.name}: {error}") from error


def _limit(connection: sqlite3.Connection, waits: float, lasts: float) -> None:
    deadline = time.monotonic() + waits + lasts
    connection.execute(f"PRAGMA busy_timeout = {int(waits * 1000)}")
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)


def _row(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
