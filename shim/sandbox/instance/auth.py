"""Authentication of the GraphQL servers: order, statuses and texts of conventions 4.1."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shim import crypto
from shim.sandbox.engine import times
from shim.sandbox.instance.access import Grants

if TYPE_CHECKING:
    from shim.sandbox.instance.users import User
    from shim.sandbox.services.service import Service

COOKIE = "sr.ht.unified-login.v1"
_OAUTH2 = re.compile(r"[0-9a-zA-Z_+/]{33,}")
_LEGACY = re.compile(r"[0-9a-f]{32}")
_NOT_ALL = (
    "Presently, OAuth authentication to the GraphQL API is only supported for OAuth tokens with all"
    " permissions, namely '*'."
)
_MISSING = "Authorization header is required. Expected 'Authorization: Bearer [token]'"


@dataclass(frozen=True)
class Caller:
    """Who asks, and by which right: `oauth2`, `legacy`, `internal`, `cookie`, `webhook` (an event's query).

    `grants_text`, `expires` and `token` (its text) are those of a bearer token; `client` is the UUID of the
    OAuth client that has it.
    """

    method: str
    user: User | None
    service: str
    grants_text: str = ""
    client: str | None = None
    expires: datetime | None = None
    token: str | None = None

    @cached_property
    def grants(self) -> Grants:
        """The grants for this service."""
        return Grants(self.grants_text, self.service)


class AuthError(Exception):
    """A refusal. `caller` is set where the old core refuses and runs the query all the same (row 13);
    `repeated` where it writes the refusal twice (row 9)."""

    def __init__(self, status: int, message: str, *, caller: Caller | None = None, repeated: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.message = f"Authentication error: {message}"
        self.caller = caller
        self.repeated = repeated


def legacy_token(symbol: str) -> str:
    """The text (32 hex digits) of the legacy token that recordings call `NAME` or `NAME/KIND`."""
    return hashlib.blake2b(symbol.encode(), digest_size=16).hexdigest()


def authenticate(service: Service, header: str | None, cookies: Mapping[str, str]) -> Caller:
    """The caller of a request. A login cookie wins over the Authorization header. Raises AuthError."""
    if COOKIE in cookies:
        return _cookie(service, cookies[COOKIE])
    if header is None:
        raise AuthError(401, _MISSING)
    scheme, space, value = header.partition(" ")
    if not space or scheme.lower() not in ("bearer", "internal"):
        raise AuthError(400, "Invalid Authorization header")
    if scheme.lower() == "internal":
        return _internal(service, value)
    if _LEGACY.fullmatch(value):
        return _legacy(service, value)
    if _OAUTH2.fullmatch(value):
        return _oauth2(service, value)
    raise AuthError(400, "Invalid OAuth bearer token")


def _cookie(service: Service, text: str) -> Caller:
    try:
        payload = crypto.unseal(service.instance.network_key, text)
    except crypto.SealError as error:
        raise AuthError(403, "Invalid authentication cookie") from error
    return Caller("cookie", _known(service, payload), service.name)


def _internal(service: Service, text: str) -> Caller:
    key = service.instance.network_key
    try:
        payload = crypto.unseal(key, text, max_age=crypto.INTERNAL_MAX_AGE)
    except crypto.SealError as error:
        raise AuthError(403, "Invalid Authorization header (encryption error)") from error
    user = _known(service, payload) if payload.get("name") else None
    if not (payload.get("client_id") and payload.get("node_id")):
        caller = Caller("cookie", user, service.name)
        raise AuthError(403, "Invalid Authorization header (missing Client ID or Node ID)", caller=caller)
    return Caller("internal", user, service.name)


def _known(service: Service, payload: dict[str, Any]) -> User:
    user = service.store.users.named(payload.get("name"))
    if user is None:
        address = service.instance.get("meta.sr.ht", "internal-origin")
        raise AuthError(403, f'Post "{address}/query": EOF')
    return _active(user)


def _active(user: User) -> User:
    if user.suspended:
        notice = f"Account suspended with the following notice: {user.suspension_notice}\nContact support"
        raise AuthError(403, notice)
    return user


def _legacy(service: Service, text: str) -> Caller:
    token = service.store.legacy_tokens.get(text) if service.era < "2026" else None
    if token is None:
        raise AuthError(403, "Invalid or expired OAuth token", repeated=True)
    if token.expires <= times.now():
        raise AuthError(403, "Invalid or expired OAuth token")
    if token.scopes != "*":
        raise AuthError(403, _NOT_ALL)
    return Caller("legacy", _active(token.user), service.name)


def _oauth2(service: Service, text: str) -> Caller:
    try:
        token = crypto.BearerToken.verify(text, service.instance.private_key)
    except crypto.TokenError as error:
        raise AuthError(403, "Invalid or expired OAuth 2.0 bearer token") from error
    if token.expires <= time.time():
        raise AuthError(403, "Invalid or expired OAuth 2.0 bearer token")
    user = service.store.users.named(token.username)
    if user is None or user.suspended or not service.conditions.meta_reachable:
        raise AuthError(500, "Temporary error; try again later")
    expires = datetime.fromtimestamp(token.expires, timezone.utc)
    return Caller("oauth2", user, service.name, token.grants, token.client or None, expires, text)
