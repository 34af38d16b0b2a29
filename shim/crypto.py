"""Sealed texts and bearer tokens as the instance makes them (contract: conventions 3.5, 4.2, 5.3).

Everything here works on values alone: no files, no network, no clock unless none is given.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import struct
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

INTERNAL_MAX_AGE = 30
_MAC_LENGTH = 32
_MAC_PURPOSE = b"sr.ht HMAC key"


class SealError(ValueError):
    """A text that was not sealed under the given key, or too long ago."""


class TokenError(ValueError):
    """A text that is no OAuth 2.0 bearer token."""


def seal(key: str, payload: dict[str, Any], *, now: float | None = None) -> str:
    """Seal `payload` as compact JSON in a Fernet token under `key` (URL-safe base64 of 32 bytes)."""
    text = json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
    when = int(time.time() if now is None else now)
    return Fernet(key).encrypt_at_time(text.encode(), when).decode()


def unseal(key: str, text: str, *, max_age: int | None = None, now: float | None = None) -> Any:
    """Open what `seal` made and return the JSON value.

    `max_age` is in seconds; with it, a token from more than 60 s in the future is refused too.
    Raises SealError.
    """
    fernet = Fernet(key)
    try:
        if max_age is None:
            return json.loads(fernet.decrypt(text.encode()))
        when = int(time.time() if now is None else now)
        return json.loads(fernet.decrypt_at_time(text.encode(), max_age, when))
    except (InvalidToken, ValueError, RecursionError) as error:
        raise SealError("not sealed under this key, or too old") from error


def internal_authorization(key: str, name: str, *, now: float | None = None) -> str:
    """The value of an `Internal` Authorization header that acts as the user `name` (conventions 3.5)."""
    return seal(key, {"name": name, "client_id": "shim", "node_id": "shim"}, now=now)


def fingerprint(key: bytes, credential: str) -> str:
    """A keyed hash that stands for `credential` wherever it must not be written down (32 hex digits)."""
    return hashlib.blake2b(credential.encode(), key=key[:64], digest_size=16).hexdigest()


def derived(network_key: str, purpose: str) -> bytes:
    """A key for one purpose of the shim's own, 32 bytes, from which neither the network key nor others follow."""
    return hmac.digest(base64.urlsafe_b64decode(network_key), f"shim {purpose}".encode(), "sha256")


@lru_cache(4)
def bearer_key(private_key: str) -> bytes:
    """The MAC key of bearer tokens, from `[webhooks] private-key` (base64 of the 32-byte seed)."""
    seed = base64.b64decode(private_key)
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hmac.digest(seed + raw, _MAC_PURPOSE, "sha256")


@dataclass(frozen=True)
class BearerToken:
    """The payload of an OAuth 2.0 bearer token (conventions 4.2).

    `expires` is in Unix seconds; empty `grants` mean everything; empty `client` means a personal token.
    """

    expires: int
    grants: str
    client: str
    username: str

    def mint(self, private_key: str) -> str:
        """The token's text, signed with the instance's webhook key."""
        payload = self._payload()
        mac = hmac.digest(bearer_key(private_key), payload, "sha256")
        return base64.b64encode(payload + mac).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> BearerToken:
        """Read a token's payload **without** verifying it: for hints only. Raises TokenError."""
        return cls._parse(_decode(text)[:-_MAC_LENGTH])

    @classmethod
    def verify(cls, text: str, private_key: str) -> BearerToken:
        """Read a token's payload after checking its MAC. Raises TokenError."""
        raw = _decode(text)
        mac = hmac.digest(bearer_key(private_key), raw[:-_MAC_LENGTH], "sha256")
        if not hmac.compare_digest(mac, raw[-_MAC_LENGTH:]):
            raise TokenError("bad MAC")
        return cls._parse(raw[:-_MAC_LENGTH])

    def _payload(self) -> bytes:
        texts = (self.grants, self.client, self.username)
        return b"\0" + struct.pack("<q", self.expires) + b"".join(map(_pack, texts))

    @classmethod
    def _parse(cls, payload: bytes) -> BearerToken:
        try:
            if payload[0] != 0:
                raise TokenError("unknown version")
            (expires,) = struct.unpack_from("<q", payload, 1)
            grants, rest = _unpack(payload[9:])
            client, rest = _unpack(rest)
            username, rest = _unpack(rest)
        except (IndexError, struct.error, UnicodeDecodeError) as error:
            raise TokenError("truncated") from error
        return cls(expires, grants, client, username)


def _decode(text: str) -> bytes:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise TokenError("bad base64") from error
    if len(raw) <= _MAC_LENGTH:
        raise TokenError("too short")
    return raw


def _pack(text: str) -> bytes:
    data = text.encode()
    length, head = len(data), bytearray()
    while length >= 0x80:
        head.append(length & 0x7F | 0x80)
        length >>= 7
    head.append(length)
    return bytes(head) + data


def _unpack(data: bytes) -> tuple[str, bytes]:
    length = shift = index = 0
    while data[index] & 0x80:
        length |= (data[index] & 0x7F) << shift
        shift, index = shift + 7, index + 1
    length |= data[index] << shift
    start, end = index + 1, index + 1 + length
    if end > len(data):
        raise TokenError("truncated")
    return data[start:end].decode(), data[end:]
