"""What goes wrong with trackers and tickets alike (todo dossier, 7.1; the notes on 2026)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shim.sandbox.engine.errors import FieldError

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call


def not_found(call: Call, message: str, modern: str = "Not found") -> FieldError:
    """Something is missing: in words of its own in 2024, with a code in 2026."""
    return FieldError(modern, code="ERR_NOT_FOUND") if call.modern else FieldError(message)
