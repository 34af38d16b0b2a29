"""Targets that behave as told, over real sockets, and deliveries to them."""

from __future__ import annotations

import base64
import secrets
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_network
from socket import SHUT_WR, create_server, socket
from typing import Any

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from flask import Flask
from werkzeug.serving import make_server

from shim.services.bridge import Record
from shim.services.subscription import Subscription, seal
from shim.webhooks.receiving.memory import Memory
from shim.webhooks.receiving.receiver import Receiver
from shim.webhooks.receiving.results import Result
from shim.webhooks.receiving.route import blueprint
from shim.webhooks.sending.addresses import Resolver
from shim.webhooks.sending.delivery import Delivery
from shim.webhooks.sending.outcome import Outcome
from shim.webhooks.sending.parcel import Parcel
from shim.webhooks.sending.signature import Signer, Verifier
from tests.conftest import WEBHOOK_KEY
from tests.parity.pairs import SERVICES, asked, of_git

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


INSTANCE_KEY = Ed25519PrivateKey.from_private_bytes(base64.b64decode(WEBHOOK_KEY))
KEYS = [bytes(range(32))]


def subscribed(url: str, *events: str, **members: Any) -> Subscription:
    """A subscription to events of a user's repositories."""
    known = {"service": "git", "kind": "user", "parent": "", "user": "jdoe", "fingerprint": "f", "created": 0}
    return Subscription(**{**known, "url": url, "events": events or ("repo:update",), **members})


def native(event: str = "REPO_UPDATE", uuid: str = UUID) -> bytes:
    """A native delivery as git.sr.ht makes it with our query, of a recorded one."""
    bodies = (pair.natives for pair in of_git() if pair.kind == "user" and pair.natives)
    recorded = next(body for (body, *_) in bodies if f'"event":"{event}"' in body)
    return asked("git", "2024", "user", recorded.replace("{uuid}", uuid))


class Site:
    """A receiver on a socket of its own, and the API that delivers to it; `results` is what was counted."""

    def __init__(self, **options: Any) -> None:
        self.results: list[tuple[str, str]] = []
        self.kept: list[tuple[Parcel, Outcome]] = []
        memory = Memory(options.pop("store", None), missed=lambda: self._count("", Result.FORGETFUL))
        made = {"delivery": delivery(), "outbox": self, "memory": memory, "keys": KEYS, **options}
        public = base64.b64encode(INSTANCE_KEY.public_key().public_bytes_raw()).decode()
        self.receiver = Receiver(SERVICES.values(), verifier=Verifier(public), **made)
        app = Flask("site")
        app.register_blueprint(blueprint(self.receiver, self._count))
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def keep(self, parcel: Parcel, outcome: Outcome) -> None:
        """It is its own outbox."""
        self.kept.append((parcel, outcome))

    def arrived(self, parcel: Parcel, outcome: Outcome) -> None:
        """Not noted."""

    def deliver(
        self, subscription: Subscription | str, body: bytes, nonce: str = "", service: str = "git", **headers: str
    ) -> requests.Response:
        """Deliver as the API does, to a subscription or a sealed text."""
        sealed = subscription if isinstance(subscription, str) else seal(KEYS, subscription)
        nonce = nonce or secrets.token_hex(8)
        signature = base64.b64encode(INSTANCE_KEY.sign(body + nonce.encode())).decode()
        sent = {"X-Payload-Nonce": nonce, "X-Payload-Signature": signature, **headers}
        url = f"http://127.0.0.1:{self._server.port}/webhooks/{service}/{sealed}"
        with requests.Session() as session:
            session.trust_env = False
            return session.post(url, body, headers=sent, timeout=30)

    def _count(self, service: str, result: Result) -> None:
        self.results.append((service, result.value))


def record_of(response: requests.Response) -> Record:
    """The record in an answer to the API."""
    assert response.status_code == 200, response.text
    found = Record.read(response.text)
    assert found is not None
    return found
