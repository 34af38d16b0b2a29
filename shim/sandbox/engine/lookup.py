"""What the servers look things up with where they load many at once: what no lookup can be made with kills them."""

from __future__ import annotations

from shim.sandbox.engine.errors import MAX_INTEGER, DiedError


def text(value: str) -> str:
    """`value`, if a name can be it. Raises DiedError."""
    if "\0" in value:
        raise DiedError(f"a lookup of {value!r}")
    return value


def integer(value: int) -> int:
    """`value`, if an id can be it. Raises DiedError."""
    if not -MAX_INTEGER - 1 <= value <= MAX_INTEGER:
        raise DiedError(f"a lookup of the id {value}")
    return value
