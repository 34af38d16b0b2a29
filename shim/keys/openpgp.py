"""OpenPGP public keys in their ASCII armour: fingerprints, which key encrypts, and until when (RFC 4880, RFC 9580).

Faults are told in the words of the Go library that meta.sr.ht reads them with.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from shim.keys.armour import OpenPGPError, opened
from shim.keys.packets import Signature, key, packets, signature

__all__ = ["Certificate", "Key", "OpenPGPError", "read"]

_SIGNATURE, _SECRET, _PUBLIC, _SECRET_SUBKEY, _SUBKEY = 2, 5, 6, 7, 14
_PRIMARY, _SUB, _PRIVATE = {_SECRET, _PUBLIC}, {_SECRET_SUBKEY, _SUBKEY}, {_SECRET, _SECRET_SUBKEY}
_ENCRYPTS = 0x04
_CAN_ENCRYPT = {1, 2, 16, 18, 25, 26}
"""RSA, ElGamal, ECDH, X25519 and X448."""
_V4, _V6 = 4, 6
_KEY_ID_SIZE = 8


@dataclass
class Key:
    """A key or subkey: its public part as it is hashed, when it was made, and what its last signature says of it."""

    version: int
    body: bytes
    created: datetime
    algorithm: int
    signed: datetime | None = None
    lifetime: timedelta | None = None
    flags: int | None = None
    revoked: bool = False

    @cached_property
    def fingerprint(self) -> str:
        """The fingerprint: upper-case hex digits, 40 of them for a key of version 4."""
        if self.version == _V4:
            head = b"\x99" + struct.pack(">H", len(self.body))
            return hashlib.sha1(head + self.body, usedforsecurity=False).hexdigest().upper()
        head = (b"\x9b" if self.version == _V6 else b"\x9a") + struct.pack(">I", len(self.body))
        return hashlib.sha256(head + self.body).hexdigest().upper()

    @property
    def expires(self) -> datetime | None:
        """When it ends; None for never."""
        return self.created + self.lifetime if self.lifetime else None

    def valid(self, at: datetime) -> bool:
        """Whether it has neither ended nor been revoked."""
        return not self.revoked and (self.expires is None or at < self.expires)

    def made(self, said: Signature) -> bool:
        """Whether a signature may be one by this key: what others certify, or take back, says nothing of it."""
        if not said.fingerprint and not said.key_id:
            return True
        own = bytes.fromhex(self.fingerprint)
        key_id = own[-_KEY_ID_SIZE:] if self.version == _V4 else own[:_KEY_ID_SIZE]
        return said.fingerprint == own if said.fingerprint else said.key_id == key_id

    def hear(self, signature: Signature) -> None:
        """Take what a signature of its owner says, if none later said something."""
        if signature.revokes:
            self.revoked = True
        elif signature.owns and (self.signed is None or self.signed <= signature.created):
            self.signed, self.lifetime, self.flags = signature.created, signature.lifetime, signature.flags


@dataclass
class Certificate:
    """A key with its subkeys; `private` tells whether any secret part is in it."""

    primary: Key
    subkeys: list[Key] = field(default_factory=list)
    private: bool = False

    @property
    def fingerprint(self) -> str:
        """That of the primary key."""
        return self.primary.fingerprint

    def encryption(self, at: datetime) -> Key | None:
        """The key to encrypt with at a time: the newest valid subkey for that, else the primary key if it may."""
        if not self.primary.valid(at):
            return None
        fit = [key for key in self.subkeys if key.valid(at) and (key.flags or 0) & _ENCRYPTS and _encrypts(key)]
        if fit:
            return max(fit, key=lambda key: key.signed or key.created)
        primary = self.primary
        usable = primary.flags is None or primary.flags & _ENCRYPTS
        return primary if usable and _encrypts(primary) else None


def read(text: str) -> list[Certificate]:
    """The certificates in the first armoured block of a text. Raises OpenPGPError."""
    found: list[Certificate] = []
    signed: Key | None = None
    for tag, body in packets(opened(text)):
        if tag in _PRIMARY:
            found.append(Certificate(Key(*key(body))))
            signed = found[-1].primary
        elif tag in _SUB and found:
            signed = Key(*key(body))
            found[-1].subkeys.append(signed)
        elif tag == _SIGNATURE and signed:
            said = signature(body)
            if said and found[-1].primary.made(said):
                signed.hear(said)
        if tag in _PRIVATE and found:
            found[-1].private = True
    return found


def _encrypts(key: Key) -> bool:
    return key.algorithm in _CAN_ENCRYPT
