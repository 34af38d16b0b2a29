"""Keys as texts: a line of an `authorized_keys` file, or what the API of 2026 has kept of one; an armour (meta 4.4)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime

from shim.keys import openpgp
from shim.rest.dates import legacy_time

_OPTIONS = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^"\s])+')
_LENGTH = _QUANTUM = 4
_LONGEST_NAME = 64
MOST_CHARACTERS = 2**16
"""How much of a text is looked through; no server stores more than 4096 of them."""


def blob(text: str) -> bytes | None:
    """What base64 makes of a public key, if a text is that: `ssh-ed25519` and the rest, each behind its length."""
    bare = text.rstrip("=")
    if len(text) - len(bare) != -len(bare) % _QUANTUM:
        return None
    try:
        found = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        return None
    return found if _algorithm(found) else None


def key_of(text: str) -> tuple[str, bytes] | None:
    """The first key in a text, as base64 and as what that stands for; None where there is none."""
    for word in _words(text):
        if (found := blob(word)) is not None:
            return word, found
    return None


def fingerprint(text: str) -> str:
    """The MD5 of the key in a text, `00:11:...`; empty where there is none."""
    found = key_of(text)
    return digest(found[1]).hex(":") if found else ""


def digest(key: bytes) -> bytes:
    """The MD5 by which keys were known."""
    return hashlib.md5(key, usedforsecurity=False).digest()


def line(text: str, comment: str | None) -> str:
    """A key as its owner wrote it, or where only base64 is left of that, in words again."""
    found = key_of(text)
    if found is None or found[0] != text:
        return text
    words = (_algorithm(found[1]), text, comment or "")
    return " ".join(filter(None, words))


def expiration(armour: str, added: str) -> str | None:
    """When that part of a PGP key ends which others encrypt for, as of when it was `added` (RFC 3339).

    None for never, and for a key that can't be read.
    """
    moment = datetime.fromisoformat(legacy_time(added))
    try:
        found = [key.encryption(moment) for key in openpgp.read(armour)[:1]]
    except ValueError:
        return None
    ends = next((key.expires for key in found if key is not None), None)
    return None if ends is None else ends.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _words(text: str) -> Iterator[str]:
    """Where a key may stand: as the whole text, or behind the first word of a line, or behind options and that."""
    yield text
    for one in re.split("[\r\n]+", text[:MOST_CHARACTERS]):
        if one.lstrip().startswith("#"):
            continue
        first = one.split(maxsplit=2)
        yield from first[1:2]
        if options := _OPTIONS.match(one.lstrip()):
            yield from one.lstrip()[options.end() :].split(maxsplit=2)[1:2]


def _algorithm(key: bytes) -> str:
    """The name that a key begins with; empty where it does not begin with one."""
    length = int.from_bytes(key[:_LENGTH], "big")
    name = key[_LENGTH : _LENGTH + length]
    known = len(key) > _LENGTH and 0 < length <= _LONGEST_NAME and len(name) == length
    return name.decode("ascii") if known and name.isascii() and name.decode().isprintable() else ""
