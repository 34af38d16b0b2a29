"""The one thread of a process that writes to an SQLite file."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from shim.store.interface import StoreError, T

Work = Callable[[sqlite3.Connection], T]


class Writer:
    """Begins with the first who has something to write, and keeps no process from ending.

    Its connection lasts until something fails, or another file is in the place of the one that it opened.
    """

    def __init__(self, path: Path, connect: Callable[[], sqlite3.Connection], name: str) -> None:
        """`connect` opens the file at `path`, and `name` is what errors call it."""
        self._path, self._connect, self._name = path, connect, name
        self._jobs: SimpleQueue[tuple[Future[Any], Work[Any]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    def do(self, work: Work[T], patience: float) -> T:
        """What `work` returns or raises, which may wait so many seconds for its turn."""
        future: Future[T] = Future()
        with self._lock:
            if not self._thread:
                self._thread = threading.Thread(target=self._run, name="store", daemon=True)
                self._thread.start()
            self._jobs.put((future, work))
        if not wait((future,), patience).done and future.cancel():
            raise StoreError(f"{self._name}: others of this process are writing")
        return future.result()

    def close(self) -> None:
        """End the thread when it has written what it was given."""
        with self._lock:
            if self._thread:
                self._jobs.put(None)
                self._thread.join()

    def _run(self) -> None:
        while job := self._jobs.get():
            self._finish(*job)
            del job  # which would keep what it holds until the next one
        self._leave()

    def _finish(self, future: Future[Any], work: Work[Any]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = work(self._opened())
        except BaseException as error:
            self._leave()
            future.set_exception(error)
        else:
            future.set_result(result)

    def _opened(self) -> sqlite3.Connection:
        if self._file != self._there():
            self._leave()
        if not self._connection:
            self._connection = self._connect()
            self._file = self._there()
        return self._connection

    def _leave(self) -> None:
        """Close the connection, which takes back what was not committed."""
        if self._connection:
            self._connection.close()
        self._connection = None

    def _there(self) -> tuple[int, int] | None:
        """Which file there is."""
        with suppress(OSError):
            found = os.stat(self._path)
            return found.st_dev, found.st_ino
        return None
