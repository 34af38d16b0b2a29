"""Mutations of OpenPGP keys (meta dossier, 3.4, 5 and 7)."""

from __future__ import annotations

from dataclasses import replace

from shim.keys import openpgp
from shim.sandbox.engine import times
from shim.sandbox.engine.errors import FieldError, sql_text
from shim.sandbox.instance.call import Call
from shim.sandbox.services.meta import audit, hooks
from shim.sandbox.services.meta.keys import PGPKey
from shim.sandbox.services.meta.mutations import duplicates

_LONGEST_KEY = 32768


class PGPMutations:
    """Adding and removing OpenPGP keys."""

    def create_pgpkey(self, call: Call, key: str) -> PGPKey:
        """Add a key; the answer has the fingerprint of the key to encrypt with."""
        certificate = _read(call, key)
        encryption = certificate.encryption(times.now())
        if encryption is None:
            raise FieldError("No public keys suitable for encryption found.")
        row = _stored(call, sql_text(key, _LONGEST_KEY), certificate.fingerprint)
        fresh = replace(row, shown_fingerprint=encryption.fingerprint)
        audit.pgp_key(call, fresh, "added")
        hooks.pgp_key_changed(call, fresh, "added")
        return fresh

    def delete_pgpkey(self, call: Call, id_: int) -> PGPKey:
        """Remove a key, but not the preferred one."""
        row: PGPKey | None = call.store.pgp_keys.get(id_)
        if row is None or row.user is not call.user:
            raise call.missing("No such PGP key found for the authorized user.")
        if row.id == call.user.preferred_pgp_key:
            told = " - it" if call.modern else ". It"
            end = "" if call.modern else "."
            preferred = f"PGP key ID {id_} is set as the user's preferred PGP key"
            raise FieldError(f"{preferred}{told} must be unset before removing the key{end}")
        call.store.pgp_keys.remove(row)
        audit.pgp_key(call, row, "removed")
        hooks.pgp_key_changed(call, row, "removed")
        return row


def _stored(call: Call, text: str, fingerprint: str) -> PGPKey:
    """A new row; in 2026 the caller's own row of that key is written anew. Raises FieldError for one on file."""
    table, now = call.store.pgp_keys, times.now()
    key_id = table.take_id()
    known: PGPKey | None = table.first(lambda row: row.fingerprint == fingerprint)
    if known is None:
        return table.add(PGPKey(key_id, call.user, now, text))  # type: ignore[no-any-return]
    if known.user is not call.user or not call.modern:
        raise duplicates.refusal(call, "PGP")
    return table.add(replace(known, created=now, key=text))  # type: ignore[no-any-return]


def _read(call: Call, text: str) -> openpgp.Certificate:
    """The one key in a text, without its secret. Raises FieldError."""
    field = "pgp-key" if call.modern else "key"
    try:
        found = openpgp.read(text)
    except openpgp.OpenPGPError as error:
        raise FieldError(f"Invalid PGP key format: {error}", field=field) from error
    if len(found) != 1:
        raise FieldError(f"Expected one key, found {len(found)}", field=field)
    if found[0].private:
        raise FieldError("There's a private key in here, yikes!")
    return found[0]
