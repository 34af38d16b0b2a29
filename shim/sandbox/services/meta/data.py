"""The rows of meta.sr.ht, in the shape of either era."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from shim.keys import openpgp
from shim.sandbox.data.columns import Rows, column, columns, moment
from shim.sandbox.instance import users
from shim.sandbox.services.meta.keys import PGPKey, SSHKey
from shim.sandbox.services.meta.oauth import OAuthClient, OAuthGrant
from shim.sandbox.services.meta.people import AuditLogEntry, Invoice, User


def _ssh_key(*, uuid: UUID | None, **others: Any) -> SSHKey:
    """A key that is one. Raises ValueError."""
    row = SSHKey(uuid=uuid or UUID(int=others["id"]), **others)
    if row.md5 not in (None, row.public.md5):
        raise ValueError(f"SSH key {row.id}: its fingerprint is not {row.md5}")
    return row


def _pgp_key(**columns: Any) -> PGPKey:
    """A key that is one. Raises ValueError."""
    row = PGPKey(**columns)
    if len(openpgp.read(row.key)) != 1:
        raise ValueError(f"OpenPGP key {row.id}: this is not one key")
    return row


_USER = column("user", "user_id", key="users")
_USERS = users.described(User)

TABLES = (
    replace(
        _USERS,
        columns={
            **_USERS.columns,
            "user_type": column(read=str.upper),
            "preferred_pgp_key": column("preferred_pgp_key", "pgp_key_id"),
            "pronouns": column(default=None),
            "payment": column("payment_status", default=None),
        },
    ),
    Rows(
        "ssh_keys",
        _ssh_key,
        columns(
            "id",
            user=_USER,
            created=moment(),
            last_used=moment(),
            text=column("raw", "key"),
            md5=column("fingerprint"),
            stored_comment=column("comment"),
            uuid=column("rid", read=UUID, default=None),
        ),
        sequences=("sshkey",),
    ),
    Rows(
        "pgp_keys",
        _pgp_key,
        columns("id", "key", user=_USER, created=moment()),
        sequences=("pgpkey",),
    ),
    Rows(
        "audit_log",
        AuditLogEntry,
        columns(
            *("id", "details"),
            user=_USER,
            created=moment(),
            ip_address=column("ip", "ip_address"),
            event_type=column("event", "event_type"),
        ),
        sequences=("audit_log_entry",),
    ),
    Rows(
        "invoices",
        Invoice,
        columns("id", "cents", "source", user=_USER, created=moment(), valid_thru=moment()),
        optional=True,
    ),
    Rows(
        "oauth2_clients",
        OAuthClient,
        columns("id", "uuid", "name", "description", "url", "redirect_url", owner=column(key="users")),
        optional=True,
    ),
    Rows(
        "oauth2_grants",
        OAuthGrant,
        columns(
            *("id", "comment", "token_hash", "grants"),
            user=_USER,
            client=column(key="oauth2_clients", default=None),
            issued=moment(),
            expires=moment(),
        ),
        optional=True,
    ),
)
