"""The ASCII armour of OpenPGP: what its first block holds, checksum and all (RFC 4880, 6)."""

from __future__ import annotations

import base64
import re

MAX_TEXT = 2**17
"""Characters of a text that are looked at."""
_BLOCK = re.compile(r"^-----BEGIN ([^\r\n]*)-----[ \t]*\r?$\n?", re.MULTILINE)
_END = re.compile(r"^(?:=([^\r\n]*)|-----END )", re.MULTILINE)
_HEADERS = re.compile(r"(?:(?=[^\r\n]+: )[^\r\n]*\r?\n)*[ \t]*\r?\n")
"""Each line can be taken in one way only: with two, headers that no blank line ends would take time without bound."""
_TYPES = ("PGP PUBLIC KEY BLOCK", "PGP PRIVATE KEY BLOCK")
_CRC_START, _CRC_POLYNOMIAL = 0xB704CE, 0x1864CFB


class OpenPGPError(ValueError):
    """A text that is no OpenPGP key."""


def opened(text: str) -> bytes:
    """What the first block of a text holds; one that is cut short holds what is there. Raises OpenPGPError."""
    text = text[:MAX_TEXT]
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
    except ValueError as error:
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
