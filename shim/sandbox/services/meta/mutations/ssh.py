"""Mutations of SSH keys (meta dossier, 3.3, 5 and 7)."""

from __future__ import annotations

from dataclasses import replace

from shim.keys import ssh
from shim.sandbox.engine import times
from shim.sandbox.engine.errors import FieldError, sql_text
from shim.sandbox.instance.call import Call
from shim.sandbox.services.meta import audit, hooks, rid
from shim.sandbox.services.meta.keys import SSHKey
from shim.sandbox.services.meta.mutations import duplicates

_LONGEST_KEY, _LONGEST_COMMENT = 4096, 256


class SSHMutations:
    """Adding and removing SSH keys."""

    def create_sshkey(self, call: Call, key: str) -> SSHKey:
        """Add a key, the first in a text; of all the users', none may be there twice, and the try costs an id."""
        public = _read(call, key)
        sql_text(public.text if call.modern else key, _LONGEST_KEY)
        sql_text(public.comment, _LONGEST_COMMENT)
        table, now = call.store.ssh_keys, times.now()
        key_id = table.take_id()
        if table.first(lambda row: row.public.blob == public.blob):
            raise duplicates.refusal(call, "SSH")
        md5 = None if call.modern else public.md5
        row: SSHKey = table.add(SSHKey(key_id, call.user, now, None, key, md5, public.comment, rid.new(now)))
        fresh = replace(row, fresh=True)
        audit.ssh_key(call, row, "added")
        hooks.ssh_key_changed(call, fresh, "added")
        return fresh

    def delete_sshkey(self, call: Call, id_: int) -> SSHKey:
        """Remove a key."""
        row = _own(call, id_)
        call.store.ssh_keys.remove(row)
        audit.ssh_key(call, row, "removed")
        hooks.ssh_key_changed(call, row, "removed")
        return row

    def update_sshkey(self, call: Call, id_: int) -> SSHKey:
        """Note that a key was used: the server of 2024 writes that into another column."""
        row = _own(call, id_)
        row.created = times.now()
        return row


def _own(call: Call, key_id: int) -> SSHKey:
    """A key of the caller's. Raises FieldError."""
    row: SSHKey | None = call.store.ssh_keys.get(key_id)
    if row is None or row.user is not call.user:
        raise call.missing("No such SSH key found for the authorized user.")
    return row


def _read(call: Call, text: str) -> ssh.PublicKey:
    """The key in a text. Raises FieldError; the library of 2026 also tells what was wrong with the last line."""
    try:
        return ssh.read(text)
    except ssh.NoKeyError as error:
        last = f"; last parsing error for ignored line: {error.last}" if call.modern and error.last else ""
        field = "ssh-key" if call.modern else "key"
        raise FieldError(f"Invalid SSH key format: {error}{last}", field=field) from error
