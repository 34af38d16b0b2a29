"""Sockets that give up on clients who are too slow: idle for too long, or below a least pace in all."""

from __future__ import annotations

import errno
import socket
import time
from typing import Any

IDLE = 20.0
GRACE = 90.0
PACE = 8192
"""Seconds without a byte, seconds in all, and the bytes that buy another second."""


class PatientSocket(socket.socket):
    """A client's connection. Where it would block for ever it blocks for a while, and then times out."""

    _begun = 0.0
    _moved = 0

    @classmethod
    def of(cls, other: socket.socket) -> PatientSocket:
        """Take over a connection."""
        return cls(other.family, other.type, other.proto, fileno=other.detach())

    def begin(self) -> None:
        """Another request begins."""
        self._begun, self._moved = time.monotonic(), 0

    def setblocking(self, flag: bool) -> None:
        """Blocking means with a time-out."""
        self.settimeout(IDLE if flag else 0.0)

    def recv(self, *arguments: Any) -> bytes:
        """What comes. Raises TimeoutError when it comes too slowly."""
        self._check()
        try:
            data = super().recv(*arguments)
        except TimeoutError:
            raise _too_slow() from None
        self._moved += len(data)
        return data

    def sendall(self, data: Any, *arguments: Any) -> None:
        """Send. Raises TimeoutError when the client takes it too slowly."""
        self._check()
        try:
            super().sendall(data, *arguments)
        except TimeoutError:
            raise _too_slow() from None
        self._moved += len(data)

    def _check(self) -> None:
        if self._begun and time.monotonic() - self._begun > GRACE + self._moved / PACE:
            raise _too_slow()


def _too_slow() -> TimeoutError:
    """Told as a connection that was reset, which gunicorn makes no fuss about."""
    return TimeoutError(errno.ECONNRESET, "the client is too slow")
