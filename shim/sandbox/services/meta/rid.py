"""Resource ids (2026): UUIDs of version 7 in Crockford's base 32."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from shim.sandbox.engine.times import microseconds

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26
_PADDING = 2


def new(moment: datetime) -> UUID:
    """The id of a row that is made now."""
    value = microseconds(moment) // 1000 << 80 | secrets.randbits(80)
    return UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)


def shown(rid: UUID) -> str:
    """The text of an id: the digits of its bits, from the first on."""
    value = rid.int << _PADDING
    return "".join(_DIGITS[value >> 5 * place & 31] for place in reversed(range(_LENGTH)))
