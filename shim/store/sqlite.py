"""A store in one SQLite file: readers of their own beside one writer in each process (WAL)."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from urllib.parse import quote

from shim.store.checked import Checked
from shim.store.interface import Outdated, Row, Statements, StoreError, T

Work = Callable[[sqlite3.Connection], Any]
Open = sqlite3.Connection | None
_STEPS = 10_000
"""How many of SQLite's instructions, about a millisecond, run between two looks at the clock."""


class SQLiteStore(Checked):
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
        self._writers: dict[int, _Writer] = {}

    def query(self, sql: str, values: Mapping[str, Any]) -> list[Row]:
        """The rows of one statement, over a connection that can't write."""
        if not self._path.exists():
            raise Outdated(f"{self.name}: there is no such file; the first who writes makes it")
        with self._failing(), closing(self._open()) as connection:
            connection.execute("PRAGMA query_only = on")
            _limit(connection, self._patience, self._limit)
            return connection.execute(sql, values).fetchall()

    def transact(self, work: Callable[[Statements], T], patience: float | None = None) -> T:
        """What `work` returns from its transaction in the writer's thread."""
        waits, lasts = patience or self._patience, patience or self._limit

        def begun(connection: sqlite3.Connection) -> T:
            _limit(connection, waits, lasts)
            connection.execute("BEGIN IMMEDIATE")
            result = work(_Statements(connection))
            connection.execute("COMMIT")
            return result

        writer = self._writers.setdefault(os.getpid(), _Writer(self._open_writing, self.name))
        with self._failing():
            return writer.do(begun, waits)  # type: ignore[no-any-return]

    def close(self) -> None:
        """End the writer's thread when it has written what it was given."""
        writer = self._writers.pop(os.getpid(), None)
        if writer:
            writer.close()

    def _open(self) -> sqlite3.Connection:
        address = f"file:{quote(str(self._path))}?mode=rw"
        connection = sqlite3.connect(address, self._patience, isolation_level=None, uri=True)
        connection.row_factory = _row
        return connection

    def _open_writing(self) -> sqlite3.Connection:
        """SQLite's own locks are lost when a file is closed that it has open: made here, it was not there before."""
        with suppress(FileExistsError):
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        connection = self._open()
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


class _Statements:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, sql: str, /, **values: Any) -> int:
        return self._connection.execute(sql, values).rowcount

    def many(self, sql: str, rows: Iterable[Mapping[str, Any]], /) -> None:
        self._connection.executemany(sql, rows)

    def rows(self, sql: str, /, **values: Any) -> list[Row]:
        return self._connection.execute(sql, values).fetchall()


class _Writer:
    """The thread that writes: begun by the first who has something to write, and never waited for at the end."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], name: str) -> None:
        self._connect, self._name = connect, name
        self._jobs: SimpleQueue[tuple[Future[Any], Work] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def do(self, work: Work, patience: float) -> Any:
        """What `work` returns or raises, which may wait so many seconds for its turn."""
        future: Future[Any] = Future()
        with self._lock:
            if not self._thread:
                self._thread = threading.Thread(target=self._run, name="store", daemon=True)
                self._thread.start()
            self._jobs.put((future, work))
        if not wait((future,), patience).done and future.cancel():
            raise StoreError(f"{self._name}: others of this process are writing")
        return future.result()

    def close(self) -> None:
        with self._lock:
            if self._thread:
                self._jobs.put(None)
                self._thread.join()

    def _run(self) -> None:
        connection: Open = None
        while job := self._jobs.get():
            connection = self._done(connection, *job)
            del job
        if connection:
            connection.close()

    def _done(self, connection: Open, future: Future[Any], work: Work) -> Open:
        """Do one job; the connection for the next one, which is none behind a failure: that ends its transaction."""
        if not future.set_running_or_notify_cancel():
            return connection
        try:
            connection = connection or self._connect()
            result = work(connection)
        except BaseException as error:
            if connection:
                connection.close()
            future.set_exception(error)
            return None
        future.set_result(result)
        return connection


def _limit(connection: sqlite3.Connection, waits: float, lasts: float) -> None:
    deadline = time.monotonic() + waits + lasts
    connection.execute(f"PRAGMA busy_timeout = {int(waits * 1000)}")
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)


def _row(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
