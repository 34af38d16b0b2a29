"""Requests and answers, as recorded (symbolic) or as sent and given."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, urlsplit, urlunsplit

from shim.recordings.answer import Answer


@dataclass(frozen=True)
class Request:
    """A request as sent: `url` is absolute and percent-encoded, `headers` are pairs in order."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None

    @property
    def parts(self) -> SplitResult:
        """The URL in its parts."""
        return urlsplit(self.url)

    @property
    def target(self) -> str:
        """Path and query, as they stand in the request line."""
        parts = self.parts
        return (parts.path or "/") + ("?" + parts.query if parts.query else "")

    def header(self, name: str) -> str | None:
        """The first value of a header, in any spelling of its name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def without_header(self, name: str) -> Request:
        """The same request without a header, in any spelling of its name."""
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0].lower() != name.lower()))

    def with_header(self, name: str, value: str) -> Request:
        """The same request with `value` in place of the header's present values."""
        return replace(self, headers=(*self.without_header(name).headers, (name, value)))

    def authorized(self, symbolic: str) -> Request:
        """The same request with another (symbolic) Authorization, whoever it came from."""
        return self.without_header("X-Srht-Authorization").with_header("Authorization", symbolic)

    def merged(self) -> Request:
        """The same request without doubled slashes in its path."""
        parts = self.parts
        return replace(self, url=urlunsplit(parts._replace(path=re.sub("/{2,}", "/", parts.path))))

    @property
    def safe(self) -> bool:
        """Whether sending it twice changes nothing (RFC 9110, 9.2.1)."""
        return self.method in {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Caller:
    """Who a recorded request claims to be: the user name, or an empty text.

    `standing` is `active`, `suspended`, `unconfirmed`, `unknown` (no user of the data set) or `anonymous`;
    `notice` is what a suspended user is told.
    """

    name: str
    standing: str
    notice: str = ""


@dataclass(frozen=True)
class Exchange:
    """One recorded request (symbolic) with its answer; `index` counts from 0 within the file.

    `before` are requests that were sent before it, and whose answers were not recorded.
    """

    index: int
    request: Request
    recorded: Answer
    before: tuple[Request, ...] = ()
