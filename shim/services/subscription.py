"""What is known of an old subscription, and how it travels: sealed in the URL of the native one (conventions 16.15).

Nothing of it is kept anywhere else. The seal is AES-GCM under the shim's own keys, the newest of which seals while all
of them open; whoever reads the URL learns nothing of it, and nobody else can make one.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shim import crypto
from shim.crypto import SealError
from shim.settings import Config

LONGEST_URL = 1000
"""How many bytes of UTF-8 a target's URL may have, so that the native one stays short of 2,000 characters."""
LONGEST_SEALED = 4096
PATH = "/webhooks/"
"""Below what path of `[shim] webhook-origin` the receiver is: `/webhooks/<service>/<sealed>`."""
LEAD = 600
"""Seconds before its token's end in which a subscription is deleted, or not even made: an ended one may keep an event
from all others of its user (conventions 9.2)."""
_VERSION = 1
_NONCE = 12
_PURPOSE = b"shim webhook subscriptions"
_MADE_BY = b"shim webhook callers"
_REFUSED = "no subscription of this server"
Keys = Sequence[bytes]


@dataclass(frozen=True)
class Subscription:
    """An old subscription. Its id is that of the native one, which is known when that is made.

    `url` is the target; `events` are the old names in the caller's order; `kind` is the name of a Kind of `service`;
    `parent` tells what it belongs to by upstream's ids: a repository's `12`, a tracker's `3`, a ticket's `3/4` by its
    number (empty: the user, as no name outlasts a change of it); `user` is whose
    authorization made it (a name without `~`, empty where that is not known), `fingerprint` a keyed hash of that
    authorization; `created` and `expires` are in Unix seconds, `expires` None where the native one never ends;
    `sync` is kept of what the caller said; `dual` is where the native body goes to as well (empty: nowhere);
    `mark` tells it from others that are alike.
    """

    service: str
    kind: str
    parent: str
    url: str
    events: tuple[str, ...]
    user: str
    fingerprint: str
    created: int
    expires: int | None = None
    sync: bool = False
    dual: str = ""
    mark: str = field(default_factory=lambda: secrets.token_hex(4))


_MEMBERS = tuple(member.name for member in fields(Subscription))


def keys_of(config: Config) -> Keys:
    """The keys that seal subscriptions, the newest first: `[shim] webhook-keys`, else one derived from the network key.

    Empty where there is neither, so that no webhooks can be had.
    """
    if config.webhook_keys:
        return [base64.urlsafe_b64decode(key) for key in config.webhook_keys]
    if config.network_key is None:
        return []
    return [hmac.digest(base64.urlsafe_b64decode(config.network_key), _PURPOSE, "sha256")]


def seal(keys: Keys, subscription: Subscription) -> str:
    """A subscription under the newest key, as characters that need no escape in a URL."""
    values = [getattr(subscription, member) for member in _MEMBERS]
    text = json.dumps([_VERSION, *values], separators=(",", ":"), ensure_ascii=False)
    nonce = secrets.token_bytes(_NONCE)
    sealed = nonce + AESGCM(keys[0]).encrypt(nonce, text.encode(errors="surrogatepass"), _PURPOSE)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def open_(keys: Keys, text: str) -> Subscription:
    """What `seal` made under one of the keys. Raises SealError, always with the same message."""
    raw = _decoded(text)
    for key in keys:
        try:
            plain = AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], _PURPOSE)
        except InvalidTag:
            continue
        return _read(plain)
    raise SealError(_REFUSED)


def fingerprint(keys: Keys, credential: str) -> str:
    """The keyed hash of a credential under the newest key, as it is sealed."""
    return _fingerprint(keys[0], credential)


def made_with(keys: Keys, subscription: Subscription, credential: str) -> bool:
    """Whether a credential made a subscription, whichever of the keys was the newest then."""
    return any(hmac.compare_digest(_fingerprint(key, credential), subscription.fingerprint) for key in keys)


def ends_soon(subscription: Subscription, now: float) -> bool:
    """Whether a subscription's token ends so soon, by Unix time, that it must be deleted while that is possible."""
    return subscription.expires is not None and 0 < subscription.expires - now < LEAD


@dataclass(frozen=True)
class Addresses:
    """Where native subscriptions lead to: `base` is the origin at which the API reaches the receiver."""

    keys: Keys
    base: str

    def make(self, subscription: Subscription) -> str:
        """The URL of the native subscription."""
        return f"{self.base}{PATH}{subscription.service}/{seal(self.keys, subscription)}"

    def opened(self, service: str, url: str) -> Subscription | None:
        """The subscription in the URL of a native one of a service, None if it is none of ours.

        The origin does not count: an operator may move the receiver, and the seal says whose it is.
        """
        _, found, sealed = url.rpartition(f"{PATH}{service}/")
        try:
            subscription = open_(self.keys, sealed) if found else None
        except SealError:
            return None
        return subscription if subscription is not None and subscription.service == service else None


def missing(config: Config) -> str:
    """The setting without which no webhook could be received and sent on, e.g. `[shim] webhook-public-key`.

    Empty where there is none: `shim.webhooks` has a receiver then.
    """
    needed = {
        "[shim] webhook-keys": keys_of(config),
        "[shim] webhook-origin": config.webhook_origin or config.origin,
        "[shim] webhook-public-key": config.webhook_public_key or config.private_key,
        "[shim] webhook-signing-key": config.webhook_signing_key or config.network_key,
    }
    return next((name for name, value in needed.items() if not value), "")


def addresses_of(config: Config) -> Addresses | None:
    """Where native subscriptions lead to by the configuration, None where webhooks are not configured."""
    keys, base = keys_of(config), config.webhook_origin or config.origin
    return Addresses(keys, base) if keys and base else None


def _fingerprint(key: bytes, credential: str) -> str:
    return crypto.fingerprint(hmac.digest(key, _MADE_BY, "sha256"), credential)


def _decoded(text: str) -> bytes:
    """The bytes of a sealed text. Only the one spelling that `seal` makes is taken, so that none can be varied."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except ValueError:
        raw = b""
    if not _NONCE < len(raw) <= LONGEST_SEALED or base64.urlsafe_b64encode(raw).decode().rstrip("=") != text:
        raise SealError(_REFUSED)
    return raw


def _read(plain: bytes) -> Subscription:
    version, *values = json.loads(plain)
    if version != _VERSION or len(values) != len(_MEMBERS):
        raise SealError(_REFUSED)
    read: dict[str, Any] = dict(zip(_MEMBERS, values, strict=True))
    return Subscription(**{**read, "events": tuple(read["events"])})
