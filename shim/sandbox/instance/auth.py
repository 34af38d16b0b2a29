"""Authentication of the GraphQL servers: order, statuses and texts of conventions 4.1."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from shim import crypto
from shim.sandbox.engine import times
from shim.sandbox.engine.context import FIRST_CORE
from shim.sandbox.engine.errors import AuthError
from shim.sandbox.instance.call import Service
from shim.sandbox.instance.caller import Caller
from shim.sandbox.instance.tokens import token_hash
from shim.sandbox.instance.users import User

COOKIE = "sr.ht.unified-login.v1"
_OAUTH2 = re.compile(r"[0-9a-zA-Z_+/]{33,}")
_LEGACY = re.compile(r"[0-9a-f]{32}")
_NOT_ALL = (
    "Presently, OAuth authentication to the GraphQL API is only supported for OAuth tokens with all"
    " permissions, namely '*'."
)
_MISSING = "Authorization header is required. Expected 'Authorization: Bearer [token]'"


def authenticate(service: Service, header: str | None, cookies: Mapping[str, str]) -> Caller:
    """The caller of a request. A login cookie wins over the Authorization header. Raises AuthError."""
    if COOKIE in cookies:
        return _cookie(service, cookies[COOKIE])
    if header is None:
        raise AuthError(401, _MISSING)
    scheme, space, value = header.partition(" ")
    scheme = scheme.capitalize() if service.core > FIRST_CORE else scheme
    if not space or scheme not in ("Bearer", "Internal"):
        raise AuthError(400, "Invalid Authorization header")
    if scheme == "Internal":
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
        address = service.instance.get(service.name, "meta-origin", address)
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
    if token.expires <= time.time() or token_hash(text) in service.conditions.revoked:
        raise AuthError(403, "Invalid or expired OAuth 2.0 bearer token")
    user = service.store.users.named(token.username)
    if user is None or user.suspended or not service.conditions.meta_reachable:
        raise AuthError(500, "Temporary error; try again later")
    expires = datetime.fromtimestamp(token.expires, timezone.utc)
    return Caller("oauth2", user, service.name, token.grants, token.client or None, expires, text)
