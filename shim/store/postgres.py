"""A store in PostgreSQL 13 or later, through psycopg's pool of connections."""

from __future__ import annotations

import atexit
import logging
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from math import ceil
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakSet

import psycopg
from psycopg.adapt import Buffer, Loader
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from shim.store.checked import Checked
from shim.store.interface import UNFIT, Outdated, Row, Statements, StoreError, T

CONNECTIONS = 4
_LOCK = 0x7368696D
"""The advisory lock that lets transactions which write run one at a time: the letters of `shim`."""
_KEPT = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}
_SESSION = {"autocommit": True, "prepare_threshold": None, "client_encoding": "utf8"}
_PARAMETER = re.compile(r"'(?:[^']|'')*'|--[^\n]*|::|:(?P<name>[a-z_][a-z_0-9]*)")
_stores: WeakSet[PostgresStore] = WeakSet()
logging.getLogger("psycopg").addHandler(logging.NullHandler())


class Connection(psycopg.Connection[Row]):
    """A connection that is given up when its server does not answer at all, not even to say that it takes too long."""

    limit: float
    """How many seconds an answer may take."""

    def wait(self, gen: Any, *arguments: Any, **options: Any) -> Any:
        """Wait for what psycopg asked of the server."""
        return super().wait(self._bounded(gen), *arguments, **options)

    def _bounded(self, gen: Any) -> Any:
        deadline = time.monotonic() + self.limit
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() > deadline:
                    self.close()
                    raise psycopg.OperationalError(f"no answer within {self.limit:g} s")
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value


class PostgresStore(Checked[ConnectionPool[Connection]]):
    """A database whose tables `shim store migrate` makes; a few connections in each process, made when needed."""

    def __init__(self, url: str, patience: float, limit: float) -> None:
        """`patience` is how many seconds a call waits for others, `limit` how many a statement may take."""
        super().__init__()
        parts = urlsplit(url)
        user, at, hosts = parts.netloc.rpartition("@")
        self.name = f"postgresql://{user.partition(':')[0]}{at}{hosts}{parts.path}"
        try:
            self._where = {"connect_timeout": str(ceil(patience)), **_KEPT, **conninfo_to_dict(url)}
        except psycopg.Error:  # quotes what it can't read, be it the password
            raise StoreError(f"{self.name}: the options that follow in this URL can't be read") from None
        self._patience, self._limit = patience, limit
        self._refusal = ""
        _stores.add(self)

    def query(self, sql: str, values: Mapping[str, Any]) -> list[Row]:
        """The rows of one statement; sessions can't write unless a transaction says so."""
        with self._connection(self._patience) as connection:
            return Statements(connection, _translated).rows(sql, **values)

    def transact(self, work: Callable[[Statements], T], patience: float | None = None) -> T:
        """What `work` returns from its transaction, alone among those that write, as in SQLite: nobody's deadlock."""
        waits, lasts = patience or self._patience, patience or self._limit
        with self._connection(waits) as connection, connection.transaction():
            connection.limit = waits + lasts
            connection.execute(
                f"SET TRANSACTION READ WRITE; SET LOCAL lock_timeout = {_ms(waits)};"
                f"SET LOCAL statement_timeout = {_ms(waits + lasts)}; SELECT pg_advisory_xact_lock({_LOCK});"
                f"SET LOCAL statement_timeout = {_ms(lasts)}"
            )
            return work(Statements(connection, _translated))

    def close(self, patience: float = 5.0) -> None:
        """End the connections, and the pool's threads unless they are connecting for longer than that."""
        pool = self._held.pop(os.getpid(), None)
        if pool:
            pool.close(patience)

    @contextmanager
    def _connection(self, patience: float) -> Iterator[Connection]:
        """A connection that works, within so many seconds."""
        try:
            pool = self.held
            pool.open()
            connection = _working(pool, patience)
            try:
                connection.limit = self._patience + self._limit
                yield connection
            finally:
                pool.putconn(connection)
        except psycopg.errors.UndefinedTable as error:
            raise Outdated(self._told(error)) from error
        except PoolTimeout as error:
            raise StoreError(f"{self.name}: {self._refusal or error}") from error
        except psycopg.Error as error:
            raise StoreError(self._told(error)) from error
        except UNFIT as error:
            raise StoreError(f"{self.name}: {error}") from error

    def _made(self) -> ConnectionPool[Connection]:
        store = self

        class Noted(Connection):
            """Keeps why it could not be made, which the pool only logs."""

            @classmethod
            def connect(cls, *arguments: Any, **options: Any) -> Any:
                try:
                    made = super().connect(*arguments, **options)
                except psycopg.Error as error:
                    store._refusal = _line(error)
                    raise
                store._refusal = ""
                return made

        return ConnectionPool(
            kwargs={**self._where, "cursor_factory": psycopg.ClientCursor, "row_factory": dict_row, **_SESSION},
            connection_class=Noted,
            configure=self._configure,
            name="store",
            min_size=0,
            max_size=CONNECTIONS,
            num_workers=1,
            open=False,
            reconnect_timeout=self._patience,
        )

    def _configure(self, connection: Connection) -> None:
        connection.limit = self._patience + self._limit
        connection.adapters.register_loader("numeric", _Number)
        connection.execute(
            "SET default_transaction_read_only = on;"
            f"SET statement_timeout = {_ms(self._limit)}; SET lock_timeout = {_ms(self._patience)};"
            f"SET idle_in_transaction_session_timeout = {_ms(self._limit)}"
        )

    def _told(self, error: psycopg.Error) -> str:
        return f"{self.name}: {_line(error)}"


def _working(pool: ConnectionPool[Connection], patience: float) -> Connection:
    """A connection that answers. The pool's own check of it would rest for seconds behind the second broken one."""
    deadline = time.monotonic() + patience
    while True:
        left = deadline - time.monotonic()
        connection = pool.getconn(left)
        try:
            connection.limit = left
            connection.execute("")
        except psycopg.Error:
            pool.putconn(connection)
        else:
            return connection


class _Number(Loader):
    """What sums of whole numbers are, as SQLite gives them."""

    def load(self, data: Buffer) -> int | float:
        """A number from its text."""
        text = bytes(data)
        return int(text) if text.lstrip(b"-").isdigit() else float(text)


@lru_cache(256)
def _translated(sql: str) -> bytes:
    """A statement with psycopg's parameters: `%(name)s` for `:name`."""

    def written(match: re.Match[str]) -> str:
        return f"%({match['name']})s" if match["name"] else match[0]

    return _PARAMETER.sub(written, sql.replace("%", "%%")).encode()


def _ms(seconds: float) -> int:
    return max(1, int(seconds * 1000))


def _line(error: psycopg.Error) -> str:
    return (error.diag.message_primary or str(error)).partition("\n")[0]


@atexit.register
def _leave() -> None:
    """A pool that nobody closed would wait for its threads when Python has ended them: ten seconds, from 3.13 on."""
    for store in list(_stores):
        store.close(1.0)
