"""Addresses as Go's net/url splits them, with its messages."""

from __future__ import annotations

import re
from typing import NamedTuple

from shim.sandbox.engine.errors import FieldError

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_AUTHORITY = re.compile(r"//([^/?#]*)")
_BAD_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2}).{0,2}")
_PORT = re.compile(r":[0-9]*")


class Address(NamedTuple):
    """A parsed address."""

    scheme: str
    host: str
    path: str


def parse(text: str) -> Address:
    """Split an address. Raises FieldError with Go's text."""
    fault = _fault(text)
    if fault:
        raise FieldError(f'parse "{text}": {fault}')
    match = _SCHEME.match(text)
    rest = text[match.end() :] if match else text
    authority = _AUTHORITY.match(rest)
    host = authority[1].rpartition("@")[2] if authority else ""
    path = re.split("[?#]", rest[authority.end() :] if authority else rest)[0]
    return Address(match[1].lower() if match else "", host, path)


def _fault(text: str) -> str | None:
    if any(ord(c) < 0x20 or c == "\x7f" for c in text):
        return "net/url: invalid control character in URL"
    if text.startswith(":"):
        return "missing protocol scheme"
    match = _SCHEME.match(text)
    rest = text[match.end() :] if match else text
    if not match and ":" in re.split("[/?#]", text)[0]:
        return "first path segment in URL cannot contain colon"
    escape = _BAD_ESCAPE.search(rest)
    if escape:
        return f'invalid URL escape "{escape[0]}"'
    authority = _AUTHORITY.match(rest)
    return _host_fault(authority[1].rpartition("@")[2]) if authority else None


def _host_fault(host: str) -> str | None:
    if host.startswith("[") and "]" not in host:
        return "missing ']' in host"
    port = re.sub(r"^(\[.*\]|[^:]*)", "", host)
    if port and not _PORT.fullmatch(port):
        return f'invalid port "{port}" after host'
    if " " in host:
        return 'invalid character " " in host name'
    return None
