"""SSH public keys in `authorized_keys` lines, as Go's `ssh.ParseAuthorizedKey` finds them (meta dossier, 3.3)."""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec

MAX_TEXT = 2**16
"""Characters of a text that are looked at; no server stores more than 4096."""
_ED25519_SIZE = 32
_BLANK = re.compile(rb"[ \t]+")
_ALPHABET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_QUANTUM = 4
_CURVES: dict[bytes, type[ec.EllipticCurve]] = {
    b"nistp256": ec.SECP256R1,
    b"nistp384": ec.SECP384R1,
    b"nistp521": ec.SECP521R1,
}
_FIELDS = {
    "ssh-rsa": 2,
    "ssh-dss": 4,
    "ssh-ed25519": 1,
    "sk-ssh-ed25519@openssh.com": 2,
    "sk-ecdsa-sha2-nistp256@openssh.com": 3,
    **{f"ecdsa-sha2-{curve.decode()}": 2 for curve in _CURVES},
}
"""How many strings and numbers follow the name of an algorithm in a blob."""


class NoKeyError(ValueError):
    """A text without a key; `last` is what was wrong with the last line that might have been one."""

    def __init__(self, last: str | None) -> None:
        super().__init__("ssh: no key found")
        self.last = last


@dataclass(frozen=True)
class PublicKey:
    """A key: what its blob says that it is, the blob, and the comment behind it (empty if there is none)."""

    algorithm: str
    blob: bytes
    comment: str

    @property
    def text(self) -> str:
        """The blob in base64."""
        return base64.b64encode(self.blob).decode()

    @property
    def md5(self) -> str:
        """The old fingerprint: 16 pairs of hex digits, joined by colons."""
        return hashlib.md5(self.blob, usedforsecurity=False).digest().hex(":")

    @property
    def sha256(self) -> str:
        """The new fingerprint, as OpenSSH writes it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")


def read(text: str) -> PublicKey:
    """The first key in a text, whatever stands before it or follows. Raises NoKeyError."""
    last = None
    for line in text[:MAX_TEXT].encode("utf-8", "replace").split(b"\n"):
        for rest in _candidates(line.partition(b"\r")[0].strip()):
            try:
                return _key(rest)
            except ValueError as error:
                last = str(error)
    raise NoKeyError(last)


def parse(blob: bytes, comment: str = "") -> PublicKey:
    """The key that a blob is. Raises ValueError in Go's words."""
    name, rest = _string(blob)
    algorithm = name.decode("ascii", "replace")
    if algorithm not in _FIELDS:
        raise ValueError(f"ssh: unknown key algorithm: {algorithm}")
    fields = []
    for _ in range(_FIELDS[algorithm]):
        field, rest = _string(rest)
        fields.append(field)
    if rest:
        raise ValueError("ssh: trailing junk in public key")
    _check(algorithm, fields)
    return PublicKey(algorithm, blob, comment)


def _candidates(line: bytes) -> Iterator[bytes]:
    """What may be blob and comment: all behind the first word of a line, or behind the word after its options."""
    if line.startswith(b"#") or not _BLANK.search(line):
        return
    yield _behind_word(line)
    without = line[_options(line) :].lstrip(b" \t")
    if _BLANK.search(without):
        yield _behind_word(without)


def _behind_word(line: bytes) -> bytes:
    blank = _BLANK.search(line)
    return line[blank.end() :].strip() if blank else b""


def _options(line: bytes) -> int:
    """Where the options of a line end: at the first blank that no quotes hold."""
    quoted = False
    for place, byte in enumerate(line):
        if byte in b" \t" and not quoted:
            return place
        if byte == ord('"') and line[place - 1 : place] != b"\\":
            quoted = not quoted
    return len(line)


def _key(rest: bytes) -> PublicKey:
    word, *comment = _BLANK.split(rest, maxsplit=1)
    return parse(_decode(word), b"".join(comment).strip().decode("utf-8", "replace"))


def _decode(word: bytes) -> bytes:
    """Base64 with its padding. Raises ValueError in Go's words, which tell the place."""
    bare = next((place for place, byte in enumerate(word) if byte not in _ALPHABET), len(word))
    bad = _misplaced(bare % _QUANTUM, word[bare : bare + _QUANTUM])
    if bad is not None:
        raise ValueError(f"illegal base64 data at input byte {bare + bad}")
    return base64.b64decode(word)


def _misplaced(digits: int, tail: bytes) -> int | None:
    """Where what follows the digits of base64 is no end of it, counted from there; `digits` stand in the last four."""
    padding = _QUANTUM - digits
    if not tail:
        return -digits if digits else None
    if tail[:1] != b"=" or digits < _QUANTUM // 2:
        return 0
    if padding > 1 and tail[1:2] != b"=":
        return 0 if tail[1:2] else 1
    return padding if len(tail) > padding else None


def _string(data: bytes) -> tuple[bytes, bytes]:
    """A string at the head of data, and the rest."""
    if len(data) < struct.calcsize(">I"):
        raise ValueError("ssh: short read")
    (length,) = struct.unpack_from(">I", data)
    if len(data) - struct.calcsize(">I") < length:
        raise ValueError("ssh: short read")
    end = struct.calcsize(">I") + length
    return data[struct.calcsize(">I") : end], data[end:]


def _check(algorithm: str, fields: list[bytes]) -> None:
    """Raises ValueError for numbers that are no key of an algorithm."""
    if "ed25519" in algorithm and len(fields[0]) != _ED25519_SIZE:
        raise ValueError(f"invalid size {len(fields[0])} for Ed25519 public key")
    if "ecdsa" in algorithm:
        _check_point(*fields[:2])


def _check_point(curve: bytes, point: bytes) -> None:
    if curve not in _CURVES:
        raise ValueError("ssh: unsupported curve")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[curve](), point)
    except ValueError as error:
        raise ValueError("ssh: invalid curve point") from error
