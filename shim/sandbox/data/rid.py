"""Resource ids of the 2026 era: a UUID of version 7 in Crockford's base32."""

from __future__ import annotations

import uuid
from datetime import datetime

from shim.sandbox.engine.times import microseconds

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26


def format_rid(text: str | None, row_id: int, created: datetime) -> str:
    """The 26 digits of a UUID; data of 2024 has none, so that one is made of the row's id and age."""
    value = uuid.UUID(text).int if text else _made(row_id, created)
    value <<= 5 * _LENGTH - 128
    return "".join(_DIGITS[value >> 5 * place & 31] for place in reversed(range(_LENGTH)))


def _made(row_id: int, created: datetime) -> int:
    return microseconds(created) // 1000 << 80 | 7 << 76 | 2 << 62 | row_id
