"""A GraphQL server that costs next to nothing: each answer is made up once and then told from memory.

It is a process of its own (`python -m bench.canned KEY SERVICE=PORT...`), so that its time is nobody else's.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, BinaryIO

from bench.answers import ROWS, Answers

HOST = "127.0.0.1"
_PIECE = 2**16
_LISTS = {**ROWS, "Repository": 50, "Ticket": 50, "Label": 20, "Thread": 50, "Email": 50, "Patchset": 50, "Paste": 50}
"""A page of fifty is then the whole list."""


class Canned:
    """The answers of one service in 2024, by operation and by those variables that are no cursors."""

    def __init__(self, service: str, network_key: str) -> None:
        self._answers = Answers(service, "2024", network_key, _LISTS)
        self._known: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def answer(self, document: bytes) -> bytes:
        """The whole answer over HTTP to a document as it is posted."""
        asked = json.loads(document)
        values = {name: value for name, value in asked["variables"].items() if not _is_cursor(value)}
        key = f"{asked['operationName']} {values}"
        with self._lock:
            if key not in self._known:
                self._known[key] = self._made(asked["query"], asked["variables"])
        return self._known[key]

    def _made(self, query: str, variables: Mapping[str, Any]) -> bytes:
        sent = {"file": "in its own part"} if "file" in variables else {}
        body = self._answers.answer(query, {**variables, **sent}).body
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    def serve(self, listener: socket.socket) -> None:
        """Answer whoever connects, until the listener is closed."""
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, connection.makefile("rb") as source:
            while document := _posted(source):
                connection.sendall(self.answer(document))


def _is_cursor(value: object) -> bool:
    """Whether a value is sealed, so that no two are equal."""
    return isinstance(value, str) and value.startswith("gAAAA")


def _posted(source: BinaryIO) -> bytes:
    """The document that a request posts, of which the files it brings are read and forgotten; nothing at the end."""
    length, chunked = 0, False
    while (line := source.readline()) not in (b"\r\n", b""):
        name, _, value = line.lower().partition(b":")
        length = int(value) if name == b"content-length" else length
        chunked = chunked or (name == b"transfer-encoding" and b"chunked" in value)
    body = _chunks(source) if chunked else _beginning(source, length)
    return body.partition(b"\r\n\r\n")[2].partition(b"\r\n--")[0] if body.startswith(b"--") else body


def _beginning(source: BinaryIO, length: int) -> bytes:
    """The first piece of so many bytes, all of which are read."""
    kept = source.read(min(length, _PIECE))
    left = length - len(kept)
    while left > 0 and (piece := source.read(min(left, _PIECE))):
        left -= len(piece)
    return kept


def _chunks(source: BinaryIO) -> bytes:
    """The same of a body in chunks."""
    kept = b""
    while size := int(source.readline(), 16):
        piece = _beginning(source, size)
        kept = kept if len(kept) >= _PIECE else kept + piece
        source.readline()
    source.readline()
    return kept


def main() -> None:
    """Serve until ended."""
    _, network_key, *services = sys.argv
    threads = []
    for service, port in (place.split("=") for place in services):
        listener = socket.create_server((HOST, int(port)), backlog=64)
        threads.append(threading.Thread(target=Canned(service, network_key).serve, args=(listener,)))
        threads[-1].start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
