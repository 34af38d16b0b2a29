"""Who calls: the Authorization header, the local refusals with the old texts (conventions 3.2 to 3.5, 4.6)."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Request

from shim import crypto
from shim.parsers import Network
from shim.rest.errors import Crash, InternalRefusal, Refusal
from shim.rest.peer import is_within, peer_of

INVALID_TOKEN = "Invalid or expired OAuth token"  # noqa: S105
_SCHEMES = ("token ", "Bearer ", "Internal ")
_OAUTH2 = re.compile(r"[0-9a-zA-Z_+/]{33,}")
_LEGACY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Policy:
    """What a service accepts: `invalid_token` is the status for a bad token (401 on meta, 400 elsewhere);
    `internal` the peers that may send Internal authorization, `proxies` those who say on whose behalf they call;
    `legacy_tokens` whether 32-hex tokens go upstream.
    """

    fingerprint_key: bytes = field(repr=False)
    invalid_token: int = 400
    legacy_tokens: bool = False
    internal: Sequence[Network] = ()
    proxies: Sequence[Network] = ()
    network_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Caller:
    """A caller as far as the shim knows: what to send upstream, and a keyed hash that stands for it.

    `token` is the unverified payload of an OAuth 2.0 token, for hints only; `name` is the user whom the API acts for
    if it accepts the authorization, None where that can't be read.
    """

    authorization: str = field(repr=False)
    fingerprint: str
    token: crypto.BearerToken | None = None
    name: str | None = None

    @property
    def is_internal(self) -> bool:
        """Whether another service of the instance calls."""
        return self.authorization.startswith("Internal ")

    def lacks(self, grant: str) -> bool:
        """Whether the token itself says that it has not got a grant, e.g. `git.sr.ht/OBJECTS:RW`.

        A hint that may only refuse, never allow: the token is not verified (conventions 4.2, 16.4).
        """
        if self.token is None or not self.token.grants:
            return False
        wanted, access = grant.rsplit(":", 1)
        held = dict(_grant(text) for text in self.token.grants.split())
        return not (held.get(wanted) == "RW" or (access == "RO" and wanted in held))

    def is_proven(self, private_key: str | None) -> bool:
        """Whether the instance's own key has signed the token and it is still good; False if the key is not known."""
        if private_key is None or self.token is None or self.token.expires < time.time():
            return False
        try:
            crypto.BearerToken.verify(self.authorization.removeprefix("Bearer "), private_key)
        except crypto.TokenError:
            return False
        return True


def _grant(text: str) -> tuple[str, str]:
    name, _, access = text.partition(":")
    return name, access or "RO"


def authenticate(request: Request, policy: Policy) -> Caller:
    """The caller of a request, by the rows of conventions 3.2 in their order.

    Raises Refusal, or Crash where the old code did.
    """
    forwarded = request.headers.get("X-Srht-Authorization")
    if forwarded:
        return _internal(forwarded, request, policy)
    header = request.headers.get("Authorization", "")
    if not header.startswith(_SCHEMES):
        raise Refusal(401, "No authorization supplied (expected an OAuth token)")
    parts = header.split(" ")
    if len(parts) != 2:
        raise Refusal(401, "Invalid authorization supplied")
    if parts[0] == "Internal":
        return _internal(parts[1], request, policy)
    return bearer(parts[1], policy)


def invalid_token(policy: Policy) -> Refusal:
    """The refusal of an unknown, expired or revoked token (rows 5 and 6)."""
    return _PassedThrough(policy.invalid_token, INVALID_TOKEN)


class _PassedThrough(Refusal):
    """meta's own answer, which other services passed on without their complaints about the body."""

    def after(self, earlier: Any) -> Refusal:
        return super().after(earlier) if self.status == 401 else self


def bearer(text: str, policy: Policy) -> Caller:
    """The caller with a token. Raises Refusal for what can't be one."""
    if _LEGACY.fullmatch(text):
        if not policy.legacy_tokens:
            raise invalid_token(policy)
        return _caller(f"Bearer {text}", policy)
    if not _OAUTH2.fullmatch(text):
        raise invalid_token(policy)
    try:
        return _caller(f"Bearer {text}", policy, crypto.BearerToken.read(text))
    except crypto.TokenError:
        raise invalid_token(policy) from None


def _caller(authorization: str, policy: Policy, token: crypto.BearerToken | None = None) -> Caller:
    name = None if token is None else token.username
    return Caller(authorization, crypto.fingerprint(policy.fingerprint_key, authorization), token, name)


def _internal(value: str, request: Request, policy: Policy) -> Caller:
    if not is_within(peer_of(request.environ, policy.proxies), policy.internal):
        raise InternalRefusal
    if policy.network_key is None:
        return _caller(f"Internal {value}", policy)
    name = _opened(value, policy.network_key)
    fresh = crypto.internal_authorization(policy.network_key, name)
    return Caller(f"Internal {fresh}", crypto.fingerprint(policy.fingerprint_key, f"Internal {name}"), name=name)


def _opened(value: str, network_key: str) -> str:
    """The user name in an internal authorization; sealed anew it carries `name`, which upstream reads."""
    try:
        payload = crypto.unseal(network_key, value, max_age=crypto.INTERNAL_MAX_AGE)
    except crypto.SealError:
        raise InternalRefusal from None
    if not isinstance(payload, Mapping) or "node_id" not in payload:
        raise Crash("internal authorization without node_id")
    name = payload.get("name", payload.get("username"))
    if not isinstance(name, str) or not name or "\0" in name:
        raise Crash("internal authorization without a name")
    return name
