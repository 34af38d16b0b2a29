"""The packets of OpenPGP keys: keys and what signatures say of them (RFC 4880, RFC 9580). No signature is verified."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from shim.keys.armour import OpenPGPError

MAX_PACKETS = 4096
_CERTIFICATION, _BINDING, _DIRECT, _REVOCATION, _SUBKEY_REVOCATION = range(0x10, 0x14), 0x18, 0x1F, 0x20, 0x28
_CREATED, _LIFETIME, _KEY_ID, _FLAGS, _FINGERPRINT = 2, 9, 16, 27, 33
_V3, _V4, _V5, _V6 = 3, 4, 5, 6


class Material(NamedTuple):
    """A key: its public part as it is hashed, and when it was made."""

    version: int
    body: bytes
    created: datetime
    algorithm: int


@dataclass(frozen=True)
class Signature:
    """What of a signature is looked at: `lifetime` and `flags` of the key that it is about, and who made it: the
    `fingerprint` and the `key_id` that it tells of that, in bytes, empty where it does not tell.
    """

    kind: int
    created: datetime
    lifetime: timedelta | None
    flags: int | None
    fingerprint: bytes = b""
    key_id: bytes = b""

    @property
    def owns(self) -> bool:
        """Whether it tells of the key that made it, or of a subkey of that."""
        return self.kind in _CERTIFICATION or self.kind in (_BINDING, _DIRECT)

    @property
    def revokes(self) -> bool:
        """Whether it takes a key back."""
        return self.kind in (_REVOCATION, _SUBKEY_REVOCATION)


def packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The packets: their tags and bodies. Raises OpenPGPError."""
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


def key(body: bytes) -> Material:
    """A key packet; of a secret key, the public part. Raises OpenPGPError."""
    version, made, algorithm = struct.unpack(">BIB", _piece(body, 0, 6))
    if version not in (_V4, _V5, _V6):
        raise OpenPGPError("openpgp: unsupported feature: public key version")
    if version == _V4:
        return Material(version, body[: _material(body, 6, algorithm)], _time(made), algorithm)
    end = 10 + int.from_bytes(_piece(body, 6, 4), "big")
    return Material(version, _piece(body, 0, end), _time(made), algorithm)


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


def signature(body: bytes) -> Signature | None:
    """A signature; None for one of an old version, which says nothing of keys. Raises OpenPGPError."""
    version = _piece(body, 0, 1)[0]
    if version <= _V3:
        return None
    size = 4 if version == _V6 else 2
    kind = _piece(body, 1, 1)[0]
    hashed, place = _area(body, 4, size)
    said = dict(_said(hashed))
    if _CREATED not in said:
        raise OpenPGPError("openpgp: invalid data: no creation time in signature")
    maker = dict(_said(_area(body, place, size)[0])) | said
    lifetime = _number(said.get(_LIFETIME, b""))
    flags = said[_FLAGS][0] if said.get(_FLAGS) else None
    return Signature(
        kind,
        _time(_number(said[_CREATED])),
        timedelta(seconds=lifetime) if lifetime else None,
        flags,
        maker.get(_FINGERPRINT, b"")[1:],
        maker.get(_KEY_ID, b""),
    )


def _area(body: bytes, place: int, size: int) -> tuple[bytes, int]:
    """The subpackets behind their length of `size` bytes, and where they end."""
    found = _piece(body, place + size, int.from_bytes(_piece(body, place, size), "big"))
    return found, place + size + len(found)


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
