"""Fingerprints as they are asked for: hex digits in any case, with colons or blanks (meta dossier, 7.2)."""

from __future__ import annotations

import re

from shim.sandbox.engine.errors import FieldError

_NO_HEX = re.compile(r"[^0-9a-fA-F]")


def unhexed(text: str) -> bytes:
    """The bytes that hex digits stand for. Raises FieldError in Go's words."""
    raw = text.encode()
    wrong = _NO_HEX.search(raw.decode("latin-1"))
    if wrong:
        shown = f" '{wrong[0]}'" if wrong[0].isprintable() else ""
        raise FieldError(f"encoding/hex: invalid byte: U+{ord(wrong[0]):04X}{shown}")
    if len(raw) % 2:
        raise FieldError("encoding/hex: odd length hex string")
    return bytes.fromhex(text)
