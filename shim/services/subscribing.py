"""What a client wants to be told of, checked in the old order, and the native subscription for it (conventions 8.2)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from shim.rest.body import optional, required
from shim.rest.errors import Crash, Refusal
from shim.services import subscription
from shim.services.bridge import Named
from shim.services.call import Call
from shim.services.events import Event, Kind
from shim.services.levels import NATIVE_ARGUMENTS, Ids, Level, credential, is_unaskable, parent_text
from shim.services.subscription import LONGEST_URL, Subscription
from shim.upstream import FieldError

UNCONFIGURED = "Webhooks are not configured on this server: its operator has to set {}"
SECOND_OFF = "native_url is not allowed on this server: its operator has to set [shim] webhook-dual"
SECOND_BAD = "native_url must be an http or https URL"
UNSUPPORTED_EVENT = "Unsupported event type"
NOT_FOR_SERVICES = "Webhooks of other services need a newer GraphQL API"
ENDS_TOO_SOON = "This token expires too soon for webhooks, which end with it"
NOT_PERMITTED = "Permission denied - does your token have the appropriate scopes? (needs {{{needs}}}, has [{has}])"
FIELDS = (required("url", None), required("events", None))
_SYNC, _DUAL = optional("sync", bool), optional("native_url")
_COLUMN = 2048
"""How many characters the old column took."""


class Wish(NamedTuple):
    """What a client asked for: `sync` of repositories only, `dual` only where the operator allows it."""

    url: str
    events: Sequence[Event]
    sync: bool
    dual: str


def wished(call: Call, kind: Kind) -> Wish:
    """What the body asks for. Raises the 400 that lists every reason against it."""
    valid = call.valid
    events: Sequence[Event] = ()
    url = dual = ""
    if not valid.errors:
        url = column_text(valid.values["url"])
        events = _events(call, kind, valid.values["events"])
        dual = _second(call)
    sync = valid.take(_SYNC) if kind.name == "repository" else False
    valid.check()
    _check_length("url", url)
    _check_length("native_url", dual)
    return Wish(url, events, bool(sync), dual)


def subscribe(call: Call, level: Level, ids: Ids, wish: Wish) -> Named:
    """Make the native subscription of a wish. Raises the old refusals."""
    addresses = call.backend.addresses
    level.check_era(call)
    unset = subscription.missing(call.backend.instance)
    if addresses is None or unset:
        raise Refusal(501, UNCONFIGURED.format(unset))
    if is_unaskable(call):
        raise Refusal(501, NOT_FOR_SERVICES)
    made = _described(call, level.kind, ids, wish, addresses.keys)
    if subscription.ends_soon(made, time.time()):
        raise Refusal(400, ENDS_TOO_SOON)
    query = call.backend.service.operations.of(level.kind.query, call.era).text
    arguments: dict[str, Any] = dict(zip(NATIVE_ARGUMENTS, ids, strict=False))
    arguments |= {"url": addresses.make(made), "events": _native(wish), "query": query}
    result = call.fetch(f"Create{level.name}Webhook", **arguments)
    if any(map(_is_about_grants, result.errors)):
        raise _not_permitted(call, wish.events)
    if result.errors:
        raise call.answers.of_mutation(result.errors)
    return Named(call.require(result, "made")["id"], made)


def _described(call: Call, kind: Kind, ids: Ids, wish: Wish, keys: subscription.Keys) -> Subscription:
    token = None if call.caller.is_internal else call.caller.token
    return Subscription(
        service=call.backend.service.name,
        kind=kind.name,
        parent=parent_text(ids),
        url=wish.url,
        events=tuple(event.legacy for event in wish.events),
        user=call.caller.name or "",
        fingerprint=subscription.fingerprint(keys, credential(call)),
        created=int(time.time()),
        expires=None if token is None else token.expires,
        sync=wish.sync,
        dual=wish.dual,
    )


def _second(call: Call) -> str:
    """Where the native form is wanted as well, empty where it is not; with the complaints about it."""
    url: str = call.valid.take(_DUAL) or ""
    if url and not call.backend.instance.webhook_dual:
        call.valid.complain(SECOND_OFF, _DUAL.name)
    elif url and not _is_http(url):
        call.valid.complain(SECOND_BAD, _DUAL.name)
    return url


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and _is_whole(url)


def _native(wish: Wish) -> list[str]:
    """The native events, without those that nobody was ever told of, as long as others are left."""
    told = [event for event in wish.events if event.forms or wish.dual]
    return [event.native for event in told or wish.events]


def _events(call: Call, kind: Kind, value: Any) -> list[Event]:
    """The events by their names, each once, in the caller's order, with the complaints about them."""
    if not isinstance(value, Iterable):
        raise Crash(f"events of type {type(value).__name__}")
    known: Mapping[str, Event] = {event.legacy: event for event in kind.events}
    names = [name if isinstance(name, str) else "" for name in value]
    if not all(name in known for name in names):
        call.valid.complain(UNSUPPORTED_EVENT, "events")
        return []
    events = [known[name] for name in dict.fromkeys(names)]
    section = call.backend.config.section
    if any(call.caller.lacks(f"{section}/{grant}") for event in events for grant in event.grants):
        raise _not_permitted(call, events)
    return events


def _is_about_grants(error: FieldError) -> bool:
    return error.message.lower().startswith("insufficient access granted")


def _not_permitted(call: Call, events: Iterable[Event]) -> Refusal:
    needs = sorted({call.backend.scope_text(event.scope) for event in events})
    held = call.caller.token.grants.split() if call.caller.token else []
    return Refusal(400, NOT_PERMITTED.format(needs=", ".join(needs), has=", ".join(held)))


def _check_length(name: str, url: str) -> None:
    if len(url.encode()) > LONGEST_URL:
        raise Refusal(400, {"field": name, "reason": f"{name} is longer than {LONGEST_URL} bytes"})


def column_text(value: Any) -> str:
    """A value as the old column of texts took it, be it no text. Raises Crash for what it did not take."""
    text = value if isinstance(value, str) else _literal(value)
    if len(text) > _COLUMN or "\0" in text or not _is_whole(text):
        raise Crash("a url that the old column did not take")
    return text


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _literal(value: Any) -> str:
    """A JSON value as PostgreSQL wrote it when it was put into a column of texts."""
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case list() if all(isinstance(item, str) for item in value):
            return f"{{{','.join(map(_item, value))}}}"
    raise Crash(f"url of type {type(value).__name__}")


def _item(text: str) -> str:
    """A text in an array, in quotes where it needs them."""
    if text and text.upper() != "NULL" and not set(text) & set('{}",\\ \t\n\r\v\f'):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
