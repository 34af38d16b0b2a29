"""Who asks upstream, and how long he waits."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests
from requests.auth import AuthBase

from shim.upstream.errors import Kind, UpstreamError


class Deadline:
    """The end of a legacy call's patience, in seconds from when its request had arrived."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, not positive when there are none."""
        return self._end - time.monotonic()

    def remaining(self) -> float:
        """Seconds left. Raises UpstreamError (timeout) when there are none."""
        return self.require(0.0)

    def require(self, least: float) -> float:
        """Seconds left. Raises UpstreamError (timeout) when they are fewer than what a call may take."""
        left = self.left()
        if left <= least:
            text = "the call's deadline has passed, or is too near for another call"
            raise UpstreamError(Kind.TIMEOUT, text, undone=True)
        return left

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let the time not count that the client itself takes, e.g. to send a file."""
        begin = time.monotonic()
        try:
            yield
        finally:
            self._end += time.monotonic() - begin


@dataclass(frozen=True)
class Asker(AuthBase):
    """On whose behalf a call goes upstream: the whole Authorization header, and headers that pass through.

    `caller` is a keyed hash that stands for him. It is given to each request as its `auth`, so that a session never
    holds a credential.
    """

    authorization: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    caller: str = ""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the headers on a request."""
        request.headers.update({**self.headers, "Authorization": self.authorization})
        return request
