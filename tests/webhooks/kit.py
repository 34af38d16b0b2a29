"""Targets that behave as told, over real sockets, and deliveries to them."""

from __future__ import annotations

import base64
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_network
from socket import SHUT_WR, create_server, socket
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shim.webhooks.addresses import Resolver
from shim.webhooks.delivery import Delivery
from shim.webhooks.signature import Signer

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
UUID = "5b7a3c1e-0d0f-4e57-9a43-0c2f6a1d9e10"
OWN_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
Step = Callable[[socket], object]


def answering(status: int = 200, body: bytes = b"Thanks", *headers: str) -> Step:
    """A target that answers and closes."""
    lines = [f"HTTP/1.1 {status} Whatever", *headers, f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return lambda connection: connection.sendall("\r\n".join(lines).encode() + body)


@dataclass
class Received:
    """A request: its first line, its headers as they came, and its body."""

    line: str
    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        return next(value for key, value in self.headers if key.lower() == name.lower())


class Target:
    """A server on loopback whose connections are played one step each, the last again and again."""

    def __init__(self, *steps: Step, tls: ssl.SSLContext | None = None, address: str = "127.0.0.1") -> None:
        self._steps = list(steps or (answering(),))
        self._tls = tls
        self.connections = 0
        self.received: list[Received] = []
        self.ended = threading.Event()
        self._server = create_server((address, 0))
        self.port: int = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook"

    def __enter__(self) -> Target:
        return self

    def __exit__(self, *error: object) -> None:
        self.ended.set()
        with suppress(OSError):
            self._server.shutdown(2)
        self._server.close()
        self._thread.join()

    def _serve(self) -> None:
        threads = []
        while not self.ended.is_set():
            try:
                connection, _ = self._server.accept()
            except OSError:
                break
            self.connections += 1
            threads.append(threading.Thread(target=self._play, args=(connection,), daemon=True))
            threads[-1].start()
        for thread in threads:
            thread.join(10)

    def _play(self, connection: socket) -> None:
        with suppress(OSError), self._secured(connection) as secured:
            self._read(secured)
            step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
            step(secured)
            secured.shutdown(SHUT_WR)

    def _secured(self, connection: socket) -> socket:
        """The connection, over TLS if that is wanted."""
        if self._tls is None:
            return connection
        with connection:
            return self._tls.wrap_socket(connection, server_side=True)

    def _read(self, connection: socket) -> None:
        with connection.makefile("rb") as stream:
            line = stream.readline().decode("latin-1").strip()
            if not line.startswith("POST "):
                raise OSError("no request came")
            headers = []
            while (field := stream.readline().decode("latin-1").rstrip("\r\n")) != "":
                key, _, value = field.partition(": ")
                headers.append((key, value))
            length = next((int(value) for key, value in headers if key == "Content-Length"), 0)
            self.received.append(Received(line, headers, stream.read(length)))


def delivery(**options: Any) -> Delivery:
    """A delivery that may go to loopback."""
    networks = options.pop("networks", LOOPBACK)
    standard = options.pop("standard", False)
    return Delivery(networks, Signer([OWN_KEY], standard), **options)


def resolver(*answers: Iterable[str]) -> Resolver:
    """Finds one answer after the other, the last again and again, whatever the host."""
    left = list(answers)

    def lookup(host: str, port: int) -> Iterable[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return Resolver(lookup)


def is_signed(received: Received, key: Ed25519PublicKey | None = None) -> bool:
    """Whether a request is signed as the old ones were. Raises InvalidSignature."""
    signature, nonce = base64.b64decode(received["X-Payload-Signature"]), received["X-Payload-Nonce"]
    (key or OWN_KEY.public_key()).verify(signature, received.body + nonce.encode())
    return len(nonce) == 16
