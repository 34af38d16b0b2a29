"""Bodies of answers: inflated within a bound, read within a time, or passed through as they come."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from typing import Any

import requests
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import ReadTimeoutError

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
    """The body of an answer on its way: `length` in bytes where it is told; iterate over it once, then close it."""

    def __init__(self, response: requests.Response) -> None:
        self._response = response
        told = response.headers.get("Content-Length", "")
        self.length = int(told) if told.isdecimal() and len(told) < _LONGEST_NUMBER else None

    def __iter__(self) -> Iterator[bytes]:
        return self._response.raw.stream(_PIECE, decode_content=False)

    def close(self) -> None:
        """Give up what has not come yet: the API's work is done."""
        self._response.close()


_LONGEST_NUMBER = 19
