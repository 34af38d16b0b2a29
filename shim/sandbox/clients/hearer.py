"""A receiver of webhooks that tells of each in a line, for whoever tries the bridge out."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LARGEST = 2**20
"""How many bytes of a body are read; a longer one is refused."""
_SHOWN = 160
_SECONDS = 10.0
Tell = Callable[[str], object]


def line(headers: Message, body: bytes, public_key: str) -> str:
    """What is told of a webhook: event, UUID, whether its signature verifies, and where its payload begins.

    `public_key` is the sender's, base64 of 32 bytes. Whatever could move a terminal's cursor is escaped.
    """
    event, uuid = headers.get("X-Webhook-Event", "-"), headers.get("X-Webhook-Delivery", "-")
    signed = "signature verifies" if is_signed(headers, body, public_key) else "SIGNATURE DOES NOT VERIFY"
    first = body.decode("utf-8", "replace").partition("\n")[0]
    shown = first if len(first) <= _SHOWN else f"{first[:_SHOWN]}…"
    return "  ".join(map(_printable, ("hook", event, uuid, signed, shown)))


def is_signed(headers: Message, body: bytes, public_key: str) -> bool:
    """Whether a key has signed a body with its nonce (conventions 8.3)."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
    nonce, signature = headers.get("X-Payload-Nonce", ""), headers.get("X-Payload-Signature", "")
    try:
        key.verify(base64.b64decode(signature), body + nonce.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


@contextmanager
def hearing(host: str, port: int, public_key: str, tell: Tell) -> Iterator[str]:
    """Receive in threads; gives the address. Raises OSError when the port is taken."""

    class Handler(_Handler):
        def hear(self, body: bytes) -> None:
            tell(line(self.headers, body, public_key))

    server = _Server((host, port), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="hearer", daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever goes away is not talked about."""


class _Handler(BaseHTTPRequestHandler):
    timeout: ClassVar[float] = _SECONDS

    def hear(self, body: bytes) -> None:
        """Take a webhook's body."""

    def do_POST(self) -> None:
        """Read, tell, answer."""
        told = self.headers.get("Content-Length", "")
        length = int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else LARGEST + 1
        if length <= LARGEST:
            self.hear(self.rfile.read(length))
        self._answer(*((200, b"Thanks\n") if length <= LARGEST else (413, b"Too long\n")))

    def log_message(self, *args: object) -> None:
        """No access log."""

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
