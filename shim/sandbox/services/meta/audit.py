"""The audit log: what is done with an account (meta dossier, 3.5)."""

from __future__ import annotations

from shim.sandbox.engine import times
from shim.sandbox.instance.call import Call
from shim.sandbox.services.meta.keys import PGPKey, SSHKey
from shim.sandbox.services.meta.people import AuditLogEntry


def note(call: Call, event: str, details: str) -> None:
    """Write down what the caller has done, and from where."""
    table = call.store.audit_log
    table.add(AuditLogEntry(table.take_id(), call.user, times.now(), call.address, event, details))


def ssh_key(call: Call, key: SSHKey, what: str) -> None:
    """Write down that a key was added or removed."""
    fingerprint = key.public.sha256 if call.modern else key.public.md5
    note(call, f"SSH key {what}", f"SSH key {fingerprint} {what}")


def pgp_key(call: Call, key: PGPKey, what: str) -> None:
    """Write down that a key was added or removed."""
    note(call, f"PGP key {what}", f"PGP key {key.fingerprint} {what}")
