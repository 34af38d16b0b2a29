"""The gate as a worker sees it: each thread has its own connection to the keeper."""

from __future__ import annotations

import socket
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import structlog

from shim.upstream.errors import Kind, UpstreamError
from shim.upstream.gate.admission import Bounds
from shim.upstream.gate.local import BUSY, Local, judged
from shim.upstream.gate.wire import ADMITTED, BAD, GOOD, REFUSED, asking

log = structlog.get_logger(__name__)
_GRACE = 2.0


class _Line(socket.socket):
    """A connection that ends with its thread."""

    def __del__(self) -> None:
        self.close()


class Remote:
    """Lets calls in as the keeper at `path` says.

    Where that can't be asked, each of so many `processes` keeps a gate of its own, with its part of what is let in.
    """

    def __init__(self, path: str, processes: int = 1) -> None:
        self._path, self._processes = path, processes
        self._connections = threading.local()
        self._own = Local()
        self._lanes: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    @contextmanager
    def admitted(self, bounds: Bounds, caller: str, weight: int, patience: float) -> Iterator[None]:
        """Wait for a turn and hold it. Raises UpstreamError (busy) for who waits in vain.

        One light call of each service needs no turn in each process, so that nobody waits where nobody is.
        """
        lane = self._lanes[bounds.service] if weight == 1 else None
        if lane is not None and lane.acquire(blocking=False):
            try:
                yield
            finally:
                lane.release()
            return
        connection = self._asked(asking(bounds, caller, weight, patience), patience)
        if connection is None:
            log.warning("gate", problem="the master does not answer; this process goes by a gate of its own")
            with self._own.admitted(self._part(bounds), caller, weight, patience):
                yield
            return
        with judged(lambda good: self._say(connection, GOOD if good else BAD)):
            yield

    def _part(self, bounds: Bounds) -> Bounds:
        weight, calls = (max(1, most // self._processes) for most in (bounds.weight, bounds.calls))
        return replace(bounds, weight=weight, calls=calls)

    def _asked(self, line: bytes, patience: float) -> socket.socket | None:
        """A connection that holds a turn, None where there is no keeper. Raises UpstreamError (busy)."""
        try:
            connection = self._connection()
            connection.settimeout(patience + _GRACE)
            connection.sendall(line)
            answer = connection.recv(len(ADMITTED))
        except TimeoutError:
            self._hang_up()
            raise UpstreamError(Kind.BUSY, BUSY) from None
        except OSError:
            self._hang_up()
            return None
        if answer == REFUSED:
            raise UpstreamError(Kind.BUSY, BUSY)
        if answer == ADMITTED:
            return connection
        self._hang_up()
        return None

    def _connection(self) -> socket.socket:
        known: socket.socket | None = getattr(self._connections, "socket", None)
        if known is None:
            known = _Line(socket.AF_UNIX)
            known.settimeout(_GRACE)
            known.connect(self._path)
            self._connections.socket = known
        return known

    def _say(self, connection: socket.socket, line: bytes) -> None:
        try:
            connection.sendall(line)
        except OSError:
            self._hang_up()

    def _hang_up(self) -> None:
        connection, self._connections.socket = getattr(self._connections, "socket", None), None
        if connection is not None:
            with suppress(OSError):
                connection.close()
