"""Connections to targets: to addresses that were looked at, and no longer than until a point of the clock.

All that takes time ends by it: looking the host up, connecting, TLS, sending, and the answer however slowly it drips.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from shim.parsers import Address, Network
from shim.upstream.connection import PunctualResponse
from shim.webhooks.sending.addresses import Resolver, Unresolved, allowed, unmapped

TRIED = 4
"""How many of a host's addresses are tried."""
_PIECE = 2**14
"""Bytes that are sent at once: a record of TLS, which is taken as a whole or not at all."""


class Unreached(Exception):
    """There is no connection to the target; the message says why, with nothing of its URL in it."""


class Route:
    """The way to a target until `end` of the monotonic clock. `sent` tells whether anything was sent on it."""

    def __init__(self, resolver: Resolver, networks: Sequence[Network], end: float) -> None:
        self._resolver, self._networks, self.end = resolver, networks, end
        self.sent = False

    @property
    def left(self) -> float:
        """Seconds. Raises TimeoutError when there are none."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the delivery did not end in time")
        return left

    def open(self, host: str, port: int) -> socket.socket:
        """A connection to the first address that may be had of those that a target may have. Raises Unreached."""
        addresses = self._addresses(host, port)
        for tries in range(len(addresses), 0, -1):
            with suppress(OSError):
                connection = _connected(addresses[-tries], port, self.left / tries)
                connection.settimeout(self.left)
                return connection
        raise Unreached("unreachable")

    def _addresses(self, host: str, port: int) -> list[Address]:
        """The addresses to try, looked up once. Raises Unreached."""
        try:
            found = self._resolver.addresses(host, port, self.left)
        except (Unresolved, TimeoutError):
            raise Unreached("unresolved") from None
        fit = [unmapped(address) for address in found if allowed(address, self._networks)]
        if found and not fit:
            raise Unreached("refused address")
        return fit[:TRIED]


class Adapter(HTTPAdapter):
    """Sends one request of requests' over a route."""

    def __init__(self, route: Route) -> None:
        self._route = route
        super().__init__(max_retries=0)

    def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> Any:
        """The pool of the one connection that there will be."""
        pool: Any = super().get_connection_with_tls_context(*arguments, **options)
        pool.ConnectionCls = partial(_TlsConnection if pool.scheme == "https" else _Connection, route=self._route)
        return pool


class _Response(PunctualResponse):
    """An answer that ends by the end of its route, the body included."""

    def __init__(self, sock: socket.socket, *arguments: Any, end: float, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self._reader.end = end

    def begin(self) -> None:
        """Read the head."""
        HTTPResponse.begin(self)


class _Connection(HTTPConnection):
    def __init__(self, *arguments: Any, route: Route, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._route = route
        self.response_class = partial(_Response, end=route.end)  # type: ignore[assignment]

    def _new_conn(self) -> socket.socket:
        return self._route.open(self.host, self.port)

    def send(self, data: Any) -> None:
        """Send a part of a request, connecting first if need be."""
        if self.sock is None:
            self.connect()
        for piece in _pieces(data):
            self.sock.settimeout(self._route.left)
            self._route.sent = True
            super().send(piece)


class _TlsConnection(_Connection, HTTPSConnection):
    """The same over TLS, with the target's name where certificates are looked at."""


def _connected(address: Address, port: int, seconds: float) -> socket.socket:
    connection = socket.create_connection((str(address), port), seconds)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _pieces(data: bytes) -> Iterator[bytes]:
    return (data[at : at + _PIECE] for at in range(0, len(data), _PIECE))
