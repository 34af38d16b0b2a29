"""Connections that end what comes too slowly, the head of an answer included (upstream-safety 2.1).

Python's own time-outs begin anew with every byte: a head that trickles would hold a thread for ever.
"""

from __future__ import annotations

import io
import time
from http.client import HTTPResponse
from socket import socket
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection


class _Reader(io.RawIOBase):
    """What a socket receives, until a point of the monotonic clock if one is set."""

    def __init__(self, raw: io.RawIOBase, connection: socket) -> None:
        self._raw, self._connection = raw, connection
        self.end: float | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.end is not None:
            left = self.end - time.monotonic()
            if left <= 0:
                raise TimeoutError("the head of the answer did not end in time")
            self._connection.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class PunctualResponse(HTTPResponse):
    """An answer whose whole head must come within the read time-out."""

    def __init__(self, sock: socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self._connection = sock
        self._reader = _Reader(self.fp.detach(), sock)
        self.fp = io.BufferedReader(self._reader)

    def begin(self) -> None:
        """Read the head."""
        limit = self._connection.gettimeout()
        self._reader.end = None if limit is None else time.monotonic() + limit
        super().begin()
        self._reader.end = None
        self._connection.settimeout(limit)


SENDING = 60.0
"""Seconds for a part of a request: with the time-out for connecting an upload would be cut that is slowly taken."""


class PunctualConnection(HTTPConnection):
    """Over http."""

    response_class = PunctualResponse

    def send(self, data: Any) -> None:
        """Send a part of a request, connecting first if need be."""
        _prepare(self)
        super().send(data)


class PunctualTlsConnection(HTTPSConnection):
    """Over https."""

    response_class = PunctualResponse

    def send(self, data: Any) -> None:
        """Send a part of a request, connecting first if need be."""
        _prepare(self)
        super().send(data)


def _prepare(connection: HTTPConnection) -> None:
    if connection.sock is None:
        connection.connect()
    connection.sock.settimeout(SENDING)


PUNCTUAL: dict[type, type] = {HTTPConnection: PunctualConnection, HTTPSConnection: PunctualTlsConnection}
