"""Users as meta.sr.ht knows them, and their audit log (meta dossier, 3.1 and 3.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from shim.sandbox.engine.cursor import Cursor, Page, page
from shim.sandbox.instance import users
from shim.sandbox.instance.call import Call
from shim.sandbox.services.meta.keys import PGPKey, SSHKey

_PAID = {
    "ACTIVE_NON_PAYING": "UNPAID",
    "ACTIVE_FREE": "FREE",
    "ACTIVE_PAYING": "CURRENT",
    "ACTIVE_DELINQUENT": "DELINQUENT",
}
_OLD = {state: kind for kind, state in _PAID.items()} | {"SUBSIDIZED": "ACTIVE_FREE"}


@dataclass
class User(users.User):
    """A user with keys. `user_type` is in the words of the server's era; `payment` is told in 2026 only,
    `asked` when another address was asked for."""

    preferred_pgp_key: int | None
    pronouns: str | None
    payment: str | None
    asked: datetime | None = None

    def settle(self, *, modern: bool) -> None:
        """Put what the data set of another era calls the user in the words of an era (meta dossier, 4.5)."""
        if modern and self.user_type not in ("ADMIN", "SUSPENDED", "PENDING", "USER"):
            self.payment = _PAID.get(self.user_type)
            self.user_type = "PENDING" if self.user_type == "UNCONFIRMED" else "USER"
        elif not modern and self.user_type == "USER":
            self.user_type = _OLD.get(self.payment or "", "ACTIVE_NON_PAYING")
        elif not modern and self.user_type == "PENDING":
            self.user_type = "UNCONFIRMED"

    @property
    def payment_status(self) -> str:
        """Whether the user pays."""
        return self.payment or "UNPAID"

    def ssh_keys(self, call: Call, cursor: Cursor | None = None) -> Page[SSHKey]:
        """The SSH keys, ids ascending: page two is page one again."""
        return page(call.store.ssh_keys.where(lambda row: row.user is self), cursor, lambda row: row.id)

    def pgp_keys(self, call: Call, cursor: Cursor | None = None) -> Page[PGPKey]:
        """The OpenPGP keys, likewise."""
        return page(call.store.pgp_keys.where(lambda row: row.user is self), cursor, lambda row: row.id)


@dataclass(frozen=True)
class AuditLogEntry:
    """Something that was done with an account."""

    id: int
    user: User
    created: datetime
    ip_address: str
    event_type: str
    details: str | None
    typename: ClassVar[str] = "AuditLogEntry"


@dataclass(frozen=True)
class Invoice:
    """A payment (2024)."""

    id: int
    user: User
    created: datetime
    cents: int
    valid_thru: datetime
    source: str | None
