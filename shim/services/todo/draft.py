"""The bodies of POST and PUT ticket, checked in the old order (todo 2.4)."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

from shim.rest.body import Body, Valid, optional, required
from shim.rest.errors import Crash

_SCHEMES = ("http", "https", "gemini", "gopher")
_TIME = "%Y-%m-%dT%H:%M:%S.%f%z"
EXTERNAL = ("external_id", "external_url", "created")


def draft(body: Body) -> dict[str, Any]:
    """The input of a new ticket. Raises the 400 with every reason against it, in two stages."""
    valid = Valid(body, (required("title", None), optional("description", None)))
    title, description = valid.values.get("title"), valid.values.get("description", "")
    if title and not 3 <= length(title) <= 2048:
        valid.complain("Title must be between 3 and 2048 characters.", "title")
    if description and length(description) >= 16384:
        valid.complain("Description must be no more than 16384 characters.", "description")
    valid.check()
    return {"subject": title, "body": description, **origin(valid)}


def origin(valid: Valid) -> dict[str, Any]:
    """Who wrote something elsewhere and when, as GraphQL calls it. Raises the 400 with every reason against it."""
    identity, url = (valid.take(optional(name, None)) for name in EXTERNAL[:2])
    if bool(identity) != bool(url):
        valid.complain("If specifying either external ID or URL, must specify both.")
    if identity and ":" not in _iterable(identity):
        valid.complain("Expected `host:username`", "external_id")
    if url and not _is_url(url):
        valid.complain("Expected a valid URL", "external_url")
    created = _created(valid)
    valid.check()
    found = {"externalId": identity, "externalUrl": url, "created": created}
    return {name: value for name, value in found.items() if value is not None}


def _created(valid: Valid) -> Any:
    """A time as GraphQL takes it, or what is sent as it came because it is empty."""
    created = valid.take(optional("created", None))
    if not created:
        return created
    instant = _instant(created)
    if instant is None:
        valid.complain("Expected valid RFC 8022 datetime", "created")
    return instant


def length(value: Any) -> int:
    """How many characters or items there are; what has none crashed the old code."""
    if not isinstance(value, Sized):
        raise Crash(f"{value!r} has no length")
    return len(value)


def _iterable(value: Any) -> Any:
    if not isinstance(value, Iterable) or isinstance(value, bytes):
        raise Crash(f"{value!r} is no text")
    return value


def _is_url(value: Any) -> bool:
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
    except ValueError:
        return False
    return parts.scheme in _SCHEMES and bool(parts.netloc)


def _instant(text: Any) -> str | None:
    """A time of the only form that was taken, in RFC 3339 and UTC; None for any other text."""
    if not isinstance(text, str):
        raise Crash(f"{text!r} is no text")
    try:
        moment = datetime.strptime(text, _TIME)
        return moment.astimezone(timezone.utc).isoformat()
    except (ValueError, OverflowError):
        return None
