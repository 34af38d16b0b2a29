"""Keys that are on file already (meta dossier, 7.3)."""

from __future__ import annotations

from shim.sandbox.engine.errors import FieldError
from shim.sandbox.instance.call import Call


def refusal(call: Call, kind: str) -> FieldError:
    """The refusal of one of a kind, `SSH` or `PGP`: in the database's words where its indexes have other names."""
    if call.store.raw_duplicates and not call.modern:
        index = f"{kind.lower()}key_fingerprint_key"
        return FieldError(f'pq: duplicate key value violates unique constraint "{index}"')
    message = f"We already have this {kind} key on file, and duplicates are not allowed"
    return call.failure(message if call.modern else f"{message}.")
