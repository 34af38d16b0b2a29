"""OpenPGP public keys in their ASCII armour: fingerprints, which key encrypts, and until when (RFC 4880, RFC 9580).

Faults are told in the words of the Go library that meta.sr.ht reads them with.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

MAX_TEXT = 2**17
"""Characters of a text that are looked at."""
MAX_PACKETS = 4096
_BLOCK = re.compile(r"^-----BEGIN ([^\r\n]*)-----[ \t]*\r?$\n?", re.MULTILINE)
_END = re.compile(r"^(?:=([^\r\n]*)|-----END )", re.MULTILINE)
_HEADERS = re.compile(r"(?:[^\r\n]+: [^\r\n]*\r?\n)*[ \t]*\r?\n")
_CRC_START, _CRC_POLYNOMIAL = 0xB704CE, 0x1864CFB
_TYPES = ("PGP PUBLIC KEY BLOCK", "PGP PRIVATE KEY BLOCK")
_SIGNATURE, _SECRET, _PUBLIC, _SECRET_SUBKEY, _USER, _SUBKEY = 2, 5, 6, 7, 13, 14
_PRIMARY, _SUB, _PRIVATE = {_SECRET, _PUBLIC}, {_SECRET_SUBKEY, _SUBKEY}, {_SECRET, _SECRET_SUBKEY}
_CERTIFICATION, _BINDING, _DIRECT, _REVOCATION, _SUBKEY_REVOCATION = range(0x10, 0x14), 0x18, 0x1F, 0x20, 0x28
_CREATED, _LIFETIME, _FLAGS = 2, 9, 27
_ENCRYPTS = 0x04
_CAN_ENCRYPT = {1, 2, 16, 18, 25, 26}
"""RSA, ElGamal, ECDH, X25519 and X448."""
_V3, _V4, _V5, _V6 = 3, 4, 5, 6


class OpenPGPError(ValueError):
    """A text that is no OpenPGP key."""


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

    @property
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

    def hear(self, signature: _Signature) -> None:
        """Take what a signature of its owner says, if none later said something."""
        if signature.kind in (_REVOCATION, _SUBKEY_REVOCATION):
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


@dataclass(frozen=True)
class _Signature:
    """What of a signature is looked at."""

    kind: int
    created: datetime
    lifetime: timedelta | None
    flags: int | None

    @property
    def owns(self) -> bool:
        return self.kind in _CERTIFICATION or self.kind in (_BINDING, _DIRECT)


def read(text: str) -> list[Certificate]:
    """The certificates in the first armoured block of a text. Raises OpenPGPError."""
    found: list[Certificate] = []
    signed: Key | None = None
    for tag, body in _packets(_armoured(text[:MAX_TEXT])):
        if tag in _PRIMARY:
            found.append(Certificate(_key(body)))
            signed = found[-1].primary
        elif tag in _SUB and found:
            signed = _key(body)
            found[-1].subkeys.append(signed)
        elif tag == _SIGNATURE and signed:
            signature = _signature(body)
            if signature:
                signed.hear(signature)
        if tag in _PRIVATE and found:
            found[-1].private = True
    return found


def _encrypts(key: Key) -> bool:
    return key.algorithm in _CAN_ENCRYPT


def _armoured(text: str) -> bytes:
    """What the first block of a text holds; one that is cut short holds what is there."""
    begin = _BLOCK.search(text)
    if begin is None:
        raise OpenPGPError("openpgp: invalid argument: no armored data found")
    if begin[1] not in _TYPES:
        raise OpenPGPError(f"openpgp: invalid argument: expected public or private key block, got: {begin[1]}")
    headers = _HEADERS.match(text, begin.end())
    start = headers.end() if headers else begin.end()
    end = _END.search(text, start)
    packed = "".join(text[start : end.start() if end else len(text)].split())
    data = _decode(packed[: len(packed) - len(packed) % 4])
    if end and end[1] is not None and int.from_bytes(_decode(end[1].strip()), "big") != _checksum(data):
        raise OpenPGPError("openpgp: invalid data: armor invalid")
    return data


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise OpenPGPError("openpgp: invalid data: armor invalid") from error


def _entry(value: int) -> int:
    """What a byte at the head of a checksum makes of the rest."""
    for _ in range(8):
        value = value << 1 ^ (_CRC_POLYNOMIAL if value & 0x800000 else 0)
    return value


_ENTRIES = tuple(_entry(byte << 16) for byte in range(256))


def _checksum(data: bytes) -> int:
    """The checksum of an armour: 24 bits (RFC 4880, 6.1)."""
    value = _CRC_START
    for byte in data:
        value = (value << 8 & 0xFFFFFF) ^ _ENTRIES[value >> 16 ^ byte]
    return value


def _packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The packets: their tags and bodies."""
    place = 0
    for _ in range(MAX_PACKETS):
        if place >= len(data):
            return
        tag, place, length = _head(data, place)
        end = len(data) if length is None else place + length
        if end > len(data):
            raise OpenPGPError("unexpected EOF")
        yield tag, data[place:end]
        place = end
    raise OpenPGPError("openpgp: invalid data: too many packets")


def _head(data: bytes, place: int) -> tuple[int, int, int | None]:
    """The tag of a packet, where its body begins, and its length; None for all that is left."""
    first = data[place]
    if not first & 0x80:
        raise OpenPGPError("openpgp: invalid data: tag byte does not have MSB set")
    if first & 0x40:
        start, length = _new_length(data, place + 1)
        return first & 0x3F, start, length
    size = 1 << (first & 3)
    if first & 3 == 3:
        return first >> 2 & 15, place + 1, None
    return first >> 2 & 15, place + 1 + size, int.from_bytes(_piece(data, place + 1, size), "big")


def _new_length(data: bytes, place: int) -> tuple[int, int]:
    """Where a body begins behind its length in the new form, and the length. Keys never come in parts."""
    (first,) = _piece(data, place, 1)
    if first < 192:
        return place + 1, first
    if first < 224:
        return place + 2, (first - 192 << 8) + _piece(data, place + 1, 1)[0] + 192
    if first < 255:
        raise OpenPGPError("openpgp: unsupported feature: partial lengths of keys")
    return place + 5, int.from_bytes(_piece(data, place + 1, 4), "big")


def _piece(data: bytes, place: int, size: int) -> bytes:
    piece = data[place : place + size]
    if len(piece) < size:
        raise OpenPGPError("unexpected EOF")
    return piece


def _key(body: bytes) -> Key:
    """A key packet; of a secret key, the public part."""
    version, made, algorithm = struct.unpack(">BIB", _piece(body, 0, 6))
    if version not in (_V4, _V5, _V6):
        raise OpenPGPError("openpgp: unsupported feature: public key version")
    if version == _V4:
        material = _material(body, 6, algorithm)
        return Key(version, body[:material], _time(made), algorithm)
    end = 10 + int.from_bytes(_piece(body, 6, 4), "big")
    return Key(version, _piece(body, 0, end), _time(made), algorithm)


_NUMBERS = {1: "mm", 2: "mm", 3: "mm", 16: "mmm", 17: "mmmm", 18: "omk", 19: "om", 22: "om"}
_NATIVE = {25: 32, 26: 56, 27: 32, 28: 57}
"""What stands in a key of an algorithm: numbers, the name of a curve, parameters; or that many bytes."""


def _material(body: bytes, place: int, algorithm: int) -> int:
    """Where the public part of a key ends."""
    if algorithm in _NATIVE:
        return place + len(_piece(body, place, _NATIVE[algorithm]))
    if algorithm not in _NUMBERS:
        raise OpenPGPError(f"openpgp: unsupported feature: public key type: {algorithm}")
    for kind in _NUMBERS[algorithm]:
        if kind == "m":
            bits = int.from_bytes(_piece(body, place, 2), "big")
            place += 2 + len(_piece(body, place + 2, (bits + 7) // 8))
        else:
            place += 1 + len(_piece(body, place + 1, _piece(body, place, 1)[0]))
    return place


def _signature(body: bytes) -> _Signature | None:
    """A signature; None for one of an old version, which says nothing of keys."""
    version = _piece(body, 0, 1)[0]
    if version <= _V3:
        return None
    size = 4 if version == _V6 else 2
    kind = _piece(body, 1, 1)[0]
    hashed = _piece(body, 4 + size, int.from_bytes(_piece(body, 4, size), "big"))
    said = dict(_said(hashed))
    if _CREATED not in said:
        raise OpenPGPError("openpgp: invalid data: no creation time in signature")
    lifetime = _number(said.get(_LIFETIME, b""))
    flags = said[_FLAGS][0] if said.get(_FLAGS) else None
    return _Signature(kind, _time(_number(said[_CREATED])), timedelta(seconds=lifetime) if lifetime else None, flags)


def _said(hashed: bytes) -> Iterator[tuple[int, bytes]]:
    """What a signature says: numbers of subpackets, whose high bit only tells that they matter, and contents."""
    place = 0
    while place < len(hashed):
        start, length = _subpacket_length(hashed, place)
        content = _piece(hashed, start, length)
        if not content:
            raise OpenPGPError("openpgp: invalid data: zero length signature subpacket")
        yield content[0] & 0x7F, content[1:]
        place = start + length


def _subpacket_length(data: bytes, place: int) -> tuple[int, int]:
    (first,) = _piece(data, place, 1)
    if first < 192:
        return place + 1, first
    if first < 255:
        return place + 2, (first - 192 << 8) + _piece(data, place + 1, 1)[0] + 192
    return place + 5, int.from_bytes(_piece(data, place + 1, 4), "big")


def _number(data: bytes) -> int:
    return int.from_bytes(data[:4], "big")


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)
