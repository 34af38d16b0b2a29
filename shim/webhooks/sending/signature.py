"""Whose a body is: Ed25519 over its bytes and a nonce (conventions 8.3), and the headers of Standard Webhooks."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shim import crypto
from shim.settings import Config

NONCE, SIGNATURE = "X-Payload-Nonce", "X-Payload-Signature"
INSTANCE = "instance"
"""What `[shim] webhook-signing-key` says in place of a key: sign with the instance's own."""
_PURPOSE = "webhook signatures"
_NONCE = re.compile(r"[0-9a-f]{16}", re.ASCII)
"""Of one length: nothing else says where a body ends and its nonce begins."""
Pairs = tuple[tuple[str, str], ...]


class Forged(Exception):
    """A body that is not the instance's, or does not say whose it is."""


class Verifier:
    """Knows the instance's bodies by its public key."""

    def __init__(self, public_key: str) -> None:
        """`public_key` is base64 of 32 bytes."""
        self._key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))

    @classmethod
    def of(cls, config: Config) -> Verifier | None:
        """By `[shim] webhook-public-key`, else by the instance's private key; None where there is neither."""
        if config.webhook_public_key:
            return cls(config.webhook_public_key)
        return cls(_public(_private(config.private_key))) if config.private_key else None

    def verify(self, body: bytes, nonce: str, signature: str) -> None:
        """Raise Forged unless the instance signed a body with a nonce."""
        look(nonce, signature)
        try:
            self._key.verify(base64.b64decode(signature), body + nonce.encode())
        except InvalidSignature:
            raise Forged from None


def look(nonce: str, signature: str) -> None:
    """Raise Forged for a nonce or a signature that has not the form of one, before any body is read for it."""
    try:
        length = len(base64.b64decode(signature, validate=True))
    except ValueError:
        length = 0
    if length != 64 or not _NONCE.fullmatch(nonce):
        raise Forged


class Signer:
    """Signs deliveries: with the first of its keys as the old senders did, with all of them as Standard Webhooks do.

    So a key can be exchanged: receivers that look for any signature they know accept both.
    """

    def __init__(self, keys: Sequence[Ed25519PrivateKey], standard: bool = False) -> None:
        """`standard` adds the headers of Standard Webhooks."""
        self._keys, self._standard = tuple(keys), standard

    @classmethod
    def of(cls, config: Config) -> Signer | None:
        """By `[shim] webhook-signing-key`, else a key derived from the network key; None where there is nothing."""
        keys = [_private(seed) for seed in _seeds(config)]
        return cls(keys, config.webhook_standard_headers) if keys else None

    @property
    def public_keys(self) -> tuple[str, ...]:
        """What receivers verify with, to be published: base64 of 32 bytes each, the key that signs first."""
        return tuple(map(_public, self._keys))

    def sign(self, body: bytes, nonce: str | None = None) -> Pairs:
        """The headers that sign a body, by default with a new nonce: that and the signature."""
        nonce = nonce or secrets.token_hex(8)
        return (NONCE, nonce), (SIGNATURE, _encoded(self._keys[0].sign(body + nonce.encode())))

    def standard(self, body: bytes, uuid: str, now: float) -> Pairs:
        """The headers of Standard Webhooks, none unless they are wanted; `now` in Unix seconds."""
        if not self._standard:
            return ()
        signed = f"{uuid}.{int(now)}.".encode() + body
        signatures = " ".join(f"v1a,{_encoded(key.sign(signed))}" for key in self._keys)
        return ("webhook-id", uuid), ("webhook-timestamp", str(int(now))), ("webhook-signature", signatures)


def _seeds(config: Config) -> list[str]:
    """The seeds of the keys to sign with, base64 each."""
    if config.webhook_signing_key:
        named = (config.private_key if key == INSTANCE else key for key in config.webhook_signing_key)
        return [key for key in named if key]
    return [_encoded(crypto.derived(config.network_key, _PURPOSE))] if config.network_key else []


def _private(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed))


def _public(key: Ed25519PrivateKey) -> str:
    return _encoded(key.public_key().public_bytes_raw())


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
