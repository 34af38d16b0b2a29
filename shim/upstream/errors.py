"""What can go wrong upstream, sorted into a few kinds (conventions 4.1, 4.3, 10.3, 10.4, 12)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Kind(Enum):
    """What an upstream error means to whoever asked. A mutation is LOST of which nobody knows whether it was done."""

    TOKEN = "token"  # noqa: S105
    INTERNAL_REFUSED = "internal refused"
    NO_SUCH_CALLER = "no such caller"
    SUSPENDED = "suspended"
    TEMPORARY = "temporary"
    GRANT = "grant"
    DENIED = "denied"
    NOT_FOUND = "not found"
    CURSOR = "cursor"
    PAYMENT = "payment"
    FAULT = "fault"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    LOST = "lost"
    BUSY = "busy"
    UNSUITABLE = "unsuitable"
    OTHER = "other"


UNCERTAIN = frozenset({Kind.FAULT, Kind.TIMEOUT, Kind.UNREACHABLE})
"""What says of a mutation neither that it was done nor that it was not (upstream-safety 1.3)."""
_CODES = {
    "ERR_UNAUTHORIZED": Kind.TOKEN,
    "ERR_NOT_FOUND": Kind.NOT_FOUND,
    "ERR_REDIRECT": Kind.NOT_FOUND,
    "ERR_INTERNAL": Kind.FAULT,
    "ERR_TIMEOUT": Kind.TIMEOUT,
    "ERR_PAYMENT_REQUIRED": Kind.PAYMENT,
    "COMPLEXITY_LIMIT_EXCEEDED": Kind.UNSUITABLE,
    "GRAPHQL_PARSE_FAILED": Kind.UNSUITABLE,
    "GRAPHQL_VALIDATION_FAILED": Kind.UNSUITABLE,
}
_TEXTS = (
    (
        re.compile(r"^Access denied, missing \w+:\w+ grant|^Access denied for invalid auth method", re.I),
        Kind.GRANT,
    ),
    (
        re.compile(r"^Read/write access denied for legacy OAuth token|^Private auth access denied", re.I),
        Kind.GRANT,
    ),
    (re.compile(r"^Invalid cursor$", re.I), Kind.CURSOR),
    (re.compile(r"^A paid account is required", re.I), Kind.PAYMENT),
    (re.compile(r"^internal system error|^the requested element is null", re.I), Kind.FAULT),
    (re.compile(r"context deadline exceeded|canceling statement due to", re.I), Kind.TIMEOUT),
    (re.compile(r"not found$|^no such\b|^no [\w ]+ by ID \d+", re.I), Kind.NOT_FOUND),
    (re.compile(r"^EOF$|^unsupported object type$|^Revision invalid", re.I), Kind.NOT_FOUND),
    (re.compile(r"^access denied", re.I), Kind.DENIED),
)
_DENIED = "ERR_ACCESS_DENIED"
_AUTHENTICATION = (
    (
        re.compile(r"suspended with the following notice: (?P<notice>.*)\nContact support", re.S),
        Kind.SUSPENDED,
    ),
    (re.compile(r"Temporary error"), Kind.TEMPORARY),
    (re.compile(r"encryption error|missing Client ID|Invalid source IP|for internal"), Kind.INTERNAL_REFUSED),
    (re.compile(r"bearer token|Invalid or expired|OAuth authentication to|Authorization header"), Kind.TOKEN),
)


@dataclass(frozen=True)
class FieldError:
    """One entry of `errors`; `field` is the input field a validation speaks of."""

    message: str
    path: tuple[str | int, ...] = ()
    code: str | None = None
    field: str | None = None

    @property
    def kind(self) -> Kind:
        """Its kind, by code first, then by text (texts compare without case).

        What a validation says may quote anything the client sent, so it is of no other kind.
        """
        if self.field is not None or self.path[:1] == ("variable",):
            return Kind.OTHER
        if self.code in _CODES:
            return _CODES[self.code]
        told = next((kind for pattern, kind in _TEXTS if pattern.search(self.message)), Kind.OTHER)
        return Kind.DENIED if told is Kind.OTHER and self.code == _DENIED else told

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> FieldError:
        """Read an error as it came over the wire; a part of another type than it has counts as absent."""
        extensions = _typed(raw.get("extensions"), dict) or {}
        code, field = (_typed(extensions.get(name), str) for name in ("code", "field"))
        path = tuple(step for step in _typed(raw.get("path"), list) or () if isinstance(step, str | int))
        return cls(str(raw.get("message", "")), path, code, field)


def _typed(value: Any, kind: type) -> Any:
    return value if isinstance(value, kind) else None


class UpstreamError(Exception):
    """An upstream call that gave no data at all: `kind`, a text for the log, a suspension's `notice`.

    `undone` says that certainly nothing was done: it never left, or was turned away at the door.
    """

    def __init__(self, kind: Kind, message: str, notice: str = "", *, undone: bool = False) -> None:
        super().__init__(message)
        self.kind, self.notice, self.undone = kind, notice, undone

    def lost(self) -> UpstreamError:
        """What it means where it came of a mutation: LOST, unless it tells that nothing was done."""
        return self if self.undone or self.kind not in UNCERTAIN else UpstreamError(Kind.LOST, str(self))


class FieldFailure(Exception):
    """A part of the data that a route needs is missing; `errors` say why (none: it is simply not there)."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(e.message for e in errors) or "null")
        self.errors = tuple(errors)


def authentication_error(status: int, message: str, *, internal: bool) -> UpstreamError:
    """The meaning of an HTTP 400, 401, 403 or 500 of the API's authentication (conventions 4.1, 12).

    Texts that can't be read are judged by who asked, for a server may answer two JSON objects or none; but
    a 400 or 500 without a known text is no word about the caller.
    """
    for pattern, kind in _AUTHENTICATION:
        if match := pattern.search(message):
            return UpstreamError(kind, message, match.groupdict().get("notice", ""))
    if status not in (401, 403):
        return UpstreamError(Kind.FAULT, message)
    return UpstreamError(Kind.NO_SUCH_CALLER if internal else Kind.TOKEN, message)
