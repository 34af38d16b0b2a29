"""How much of a request's body is taken in: bytes before they are read, values before they are built.

The old services took whatever their web server let pass, 1 MiB where nobody said otherwise; none of their bodies
came near it, but for README files and artifacts, whose endpoints have a limit of their own.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from shim.rest.errors import TOO_LARGE, Refusal

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from _typeshed.wsgi import WSGIEnvironment

LARGEST = 2**20
MOST_VALUES = 10_000
DEEPEST = 100
MOST_FIELDS = 100
TOO_COMPLEX = "Request body has too many values"
MALFORMED = "Request body is malformed"
CUT_SHORT = "Request body was cut short"
TOO_SLOW = "Request body did not arrive in time"
_AT_ONCE = 2**16
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class Intake(io.RawIOBase):
    """A body that is read no further than its limit, in bytes.

    `length` is what the client announced, None where it only marks the end. Reading raises a Refusal: 413 beyond
    the limit, 400 for a body that ends early or whose chunks can't be parsed, 408 where the server gave up waiting.
    """

    def __init__(self, source: Any, length: int | None, limit: int) -> None:
        self._source, self._length, self._limit = source, length, limit
        self._read, self._ended = 0, length == 0

    @classmethod
    def install(cls, environ: WSGIEnvironment, limit: int) -> None:
        """Put the request's body behind the limit. Raises Refusal if the client announced more."""
        intake = environ["wsgi.input"] = cls(environ["wsgi.input"], _announced(environ), limit)
        environ["wsgi.input_terminated"] = True
        if (intake._length or 0) > limit:
            raise Refusal(413, TOO_LARGE)

    @property
    def is_left(self) -> bool:
        """Whether more is unread than a server would skip to keep the connection."""
        if self._ended:
            return False
        return self._length is None or self._length - self._read > _AT_ONCE

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read some bytes; 0 at the end."""
        view = memoryview(buffer).cast("B")
        data = b"" if self._ended else self._receive(len(view))
        view[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        """Read what is left."""
        return b"".join(iter(lambda: self.read(_AT_ONCE) or b"", b""))

    def _receive(self, size: int) -> bytes:
        rest = self._limit + 1 if self._length is None else self._length
        data = self._from_source(min(size, rest - self._read))
        self._read += len(data)
        if self._read > self._limit:
            raise Refusal(413, TOO_LARGE)
        if not data and self._length is not None:
            raise Refusal(400, CUT_SHORT)
        self._ended = not data or self._read == self._length
        return data

    def _from_source(self, size: int) -> bytes:
        """Read from the server, whose own exceptions are nobody else's business."""
        try:
            data: bytes = self._source.read(size)
        except TimeoutError:
            raise Refusal(408, TOO_SLOW) from None
        except OSError:
            raise Refusal(400, CUT_SHORT) from None
        except Exception:
            raise Refusal(400, MALFORMED) from None
        return data


def is_left(environ: WSGIEnvironment) -> bool:
    """Whether more of a request's body is unread than a server would skip; all of it where nobody wanted any."""
    source = environ.get("wsgi.input")
    return source.is_left if isinstance(source, Intake) else Intake(source, _announced(environ), LARGEST).is_left


def _announced(environ: WSGIEnvironment) -> int | None:
    """How many bytes the body has; None where it only has an end, which the server must see."""
    length = environ.get("CONTENT_LENGTH", "")
    if length.isascii() and length.isdecimal():
        return int(length)
    return None if environ.get("HTTP_TRANSFER_ENCODING") and environ.get("wsgi.input_terminated") else 0


def check_json(data: bytes) -> None:
    """Raise Refusal for JSON of more values or levels than any client had use for, before anything is built of it.

    What is no JSON may pass; it is for the parser to refuse.
    """
    if data.count(b'"') > 4 * MOST_VALUES:
        raise Refusal(413, TOO_COMPLEX)
    plain = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    plain = b"".join(plain.split(b'"')[::2])
    if sum(map(plain.count, (b",", b"[", b"{"))) >= MOST_VALUES:
        raise Refusal(413, TOO_COMPLEX)
    depth = 0
    for bracket in plain.translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST:
            raise Refusal(413, TOO_COMPLEX)


def check_form(data: bytes) -> None:
    """Raise Refusal for a url-encoded form of too many fields, before they are taken apart."""
    if data.count(b"&") >= MOST_FIELDS:
        raise Refusal(413, TOO_COMPLEX)
