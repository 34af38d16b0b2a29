"""The process that the real server of a service would be: what ends it cuts every call in flight without an answer."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from shim.sandbox.engine.hangup import gone

ABANDONED, TOO_LONG = "abandoned", "max-duration"
_LOOK = 0.02
_log = logging.getLogger(__name__)


class Process:
    """One service's. With `max_duration` (seconds) it also dies of a request that takes longer, or whose client leaves.

    The stand-in itself lives on; `deaths` tells what the real one would have died of.
    """

    def __init__(self, name: str, max_duration: float | None = None) -> None:
        self.name = name
        self.deaths: list[str] = []
        self._max_duration = max_duration
        self._flying: set[socket.socket] = set()
        self._lock = threading.Lock()

    @contextmanager
    def working(self, connection: socket.socket | None) -> Iterator[None]:
        """While a request that came by a connection (None: by none) is worked at; its body has been read."""
        if connection is None:
            yield
            return
        with self._lock:
            self._flying.add(connection)
        watched = self._max_duration is not None
        if watched:
            threading.Thread(target=self._watch, args=(connection,), name=f"watch-{self.name}", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                self._flying.discard(connection)

    def die(self, cause: str) -> None:
        """Note a death, and cut what is in flight."""
        with self._lock:
            self._die(cause)

    def _die(self, cause: str) -> None:
        _log.warning("here the real server dies: %s (%s)", cause, self.name)
        self.deaths.append(cause)
        for connection in self._flying:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._flying.clear()

    def _watch(self, connection: socket.socket) -> None:
        """Look after a client until its answer is there to be sent."""
        assert self._max_duration is not None
        end = time.monotonic() + self._max_duration
        while connection in self._flying:
            cause = ABANDONED if gone(connection, _LOOK) else TOO_LONG if time.monotonic() > end else ""
            with self._lock:
                if cause and connection in self._flying:
                    self._die(cause)
