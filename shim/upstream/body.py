"""Bodies of answers: inflated within a bound, read within a time, or passed through as they come."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import requests
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError, ReadTimeoutError

from shim.upstream.errors import Kind, UpstreamError

_PIECE = 2**16
_GZIP = 16 + zlib.MAX_WBITS


class Bounded:
    """A raw answer that ends by a point of the monotonic clock and after so many bytes, counted once inflated."""

    def __init__(self, raw: BaseHTTPResponse, end: float, most: int) -> None:
        self._raw, self._end, self._most = raw, end, most

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def stream(self, amount: int, decode_content: bool | None = None) -> Iterator[bytes]:
        """The pieces of the body. Raises UpstreamError for too large a one, and ReadTimeoutError."""
        left = self._most
        for piece in self._inflated():
            left -= len(piece)
            if left < 0:
                self._raw.close()
                raise UpstreamError(Kind.FAULT, f"an answer of more than {self._most} bytes")
            yield piece

    def _inflated(self) -> Iterator[bytes]:
        encoding = self._raw.headers.get("Content-Encoding", "identity").lower()
        if encoding == "identity":
            yield from self._pieces()
        elif encoding == "gzip":
            yield from self._unzipped()
        else:
            self._raw.close()
            raise UpstreamError(Kind.FAULT, "an answer in an encoding that was not asked for")

    def _unzipped(self) -> Iterator[bytes]:
        inflater = zlib.decompressobj(_GZIP)
        for piece in self._pieces():
            rest = piece
            while rest:
                try:
                    yield inflater.decompress(rest, _PIECE)
                except zlib.error:
                    raise UpstreamError(Kind.FAULT, "a damaged answer") from None
                rest = inflater.unconsumed_tail

    def _pieces(self) -> Iterator[bytes]:
        while piece := self._raw.read1(_PIECE, decode_content=False):
            if time.monotonic() > self._end:
                self._raw.close()
                raise ReadTimeoutError(None, None, "the answer did not end in time")  # type: ignore[arg-type]
            yield piece


class Content:
    """A body on its way: `length` in bytes where it is told; iterate over it once, then close it.

    `beginning` is what was read of it before anything was promised: BEGINNING bytes at least, or all there are.
    """

    def __init__(self, pieces: Iterator[bytes], length: int | None, close: Callable[[], None]) -> None:
        """Raises UpstreamError where the beginning does not come."""
        self.length, self.close = length, close
        self._rest = _told(pieces)
        self.beginning = b""
        while len(self.beginning) < BEGINNING and (piece := next(self._rest, b"")):
            self.beginning += piece

    @classmethod
    def of(cls, data: bytes) -> Content:
        """What is there already."""
        return cls(iter((data,)), len(data), lambda: None)

    @classmethod
    def answered(cls, response: requests.Response) -> Content:
        """The body of an answer. Raises UpstreamError."""
        told = response.headers.get("Content-Length", "")
        length = int(told) if told.isdecimal() and len(told) < _LONGEST_NUMBER else None
        return cls(response.raw.stream(_PIECE, decode_content=False), length, response.close)

    def read(self, most: int, seconds: float) -> bytes:
        """All of it, and its end. Raises UpstreamError where it has more bytes than that, or does not end in time."""
        end, data = time.monotonic() + seconds, bytearray()
        with closing(self):
            for piece in self:
                data += piece
                if len(data) > most:
                    raise UpstreamError(Kind.FAULT, f"an answer of more than {most} bytes")
                if time.monotonic() > end:
                    raise UpstreamError(Kind.TIMEOUT, "the answer did not end in time")
        return bytes(data)

    def __iter__(self) -> Iterator[bytes]:
        if self.beginning:
            yield self.beginning
        yield from self._rest


def _told(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces. Raises UpstreamError where the rest does not come."""
    try:
        yield from pieces
    except ReadTimeoutError as error:
        raise UpstreamError(Kind.TIMEOUT, f"unreachable: {type(error).__name__}") from None
    except (HTTPError, OSError) as error:
        raise UpstreamError(Kind.UNREACHABLE, f"unreachable: {type(error).__name__}") from None


BEGINNING = 8192
_LONGEST_NUMBER = 19
