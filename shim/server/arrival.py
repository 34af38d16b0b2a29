"""What has come of a request while no thread waits for it: the head, and a body that is not too large."""

from __future__ import annotations

import re

LARGEST_HEAD = 2**16
BUFFERED = 2**20 + LARGEST_HEAD
HEAD_SECONDS = 10.0
BODY_SECONDS = 120.0
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked", re.IGNORECASE)
_EXPECTING = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)
_LAST_CHUNK = re.compile(rb"\r\n0+(;[^\r\n]*)?\r\n")


class Arrival:
    """The bytes of one request as they come in; `end` is when they must be there, by the monotonic clock."""

    def __init__(self, now: float) -> None:
        self.data = bytearray()
        self.begun, self.end = now, now + HEAD_SECONDS
        self._body: int | None = None
        self._wanted = 0
        self._chunked = False

    def feed(self, data: bytes, now: float) -> bytes:
        """Take what has come. Gives what is to be sent at once, if anything: the client may wait for that."""
        looked = max(0, len(self.data) - len(_END))
        self.data += data
        if self._body is not None:
            return b""
        end = self.data.find(_END, looked)
        if end < 0:
            return b""
        return self._begin_body(end + len(_END), now)

    def is_ready(self) -> bool:
        """Whether a thread may take over: everything is there, or it is too much or too odd to be kept here."""
        if self._body is None:
            return len(self.data) > LARGEST_HEAD
        if self._chunked:
            return len(self.data) > BUFFERED or _LAST_CHUNK.search(self.data, self._body - 2) is not None
        return len(self.data) >= self._wanted or self._wanted > BUFFERED

    def _begin_body(self, start: int, now: float) -> bytes:
        self._body, self.end = start, now + BODY_SECONDS
        head = bytes(self.data[:start])
        length = _LENGTH.search(head)
        self._chunked = _CHUNKED.search(head) is not None
        self._wanted = start + (int(length[1]) if length else 0)
        expecting = _EXPECTING.search(head) is not None and not self.is_ready()
        return CONTINUE if expecting else b""
