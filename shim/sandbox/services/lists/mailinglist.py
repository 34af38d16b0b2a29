"""Mailing lists, and subscriptions to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from shim.sandbox.data.table import Table
from shim.sandbox.engine.cursor import Cursor, Page
from shim.sandbox.instance.call import Call
from shim.sandbox.services.lists import kinds, loaders
from shim.sandbox.services.lists.access import EVERYTHING, Access, GeneralACL, MailingListACL
from shim.sandbox.services.lists.paging import page_by_time
from shim.sandbox.services.lists.people import User
from shim.sandbox.webhooks.fields import found, listed
from shim.sandbox.webhooks.subscriptions import Subscription


@dataclass
class MailingList:
    """A mailing list."""

    typename: ClassVar[str] = "MailingList"
    id: int
    owner: User
    created: datetime
    updated: datetime
    name: str
    description: str | None
    visibility: str
    default_access: Access
    last_activity: datetime | None = None

    def _entry(self, call: Call, user: User) -> MailingListACL | None:
        entries: Table[MailingListACL] = call.store.access
        return entries.first(lambda row: row.list_id == self.id and row.user is user)

    def rights(self, call: Call, user: User) -> MailingListACL | GeneralACL:
        """What a user may do; an entry in the access list replaces the rights of everybody."""
        if self.owner is user:
            return GeneralACL(EVERYTHING)
        return self._entry(call, user) or self.default_acl

    def visible(self, call: Call, user: User) -> bool:
        """Whether a user may see it."""
        entry = self._entry(call, user)
        return self.owner is user or self.visibility != "PRIVATE" or bool(entry and entry.permissions)

    def browsable(self, call: Call, user: User) -> bool:
        """Whether a user may read its mail: visibility counts for nothing, and an entry takes nothing away."""
        entry = self._entry(call, user)
        return self.owner is user or self.default_acl.browse or bool(entry and entry.browse)

    def moderated(self, call: Call, user: User) -> bool:
        """Whether a user may change its patchsets."""
        entry = self._entry(call, user)
        return self.owner is user or bool(entry and entry.moderate)

    def access(self, call: Call) -> MailingListACL | GeneralACL:
        """What the caller may do."""
        return self.rights(call, call.user)

    @property
    def default_acl(self) -> GeneralACL:
        """The rights of those who have no entry."""
        return GeneralACL(self.default_access)

    def archive(self, call: Call) -> str:
        """Where all its mail can be had."""
        return f"{call.origin}/query/list/{self.id}.mbox"

    def _emails(self, call: Call) -> list[Any]:
        """The mail; in 2024 also for those who may not browse."""
        if call.modern and not self.browsable(call, call.user):
            return []
        return call.store.emails.where(lambda row: row.list_id == self.id)  # type: ignore[no-any-return]

    def threads(self, call: Call, cursor: Cursor | None = None) -> Page[Any]:
        """The threads, the last changed first."""
        return loaders.threads(self._emails(call), cursor)

    def emails(self, call: Call, cursor: Cursor | None = None) -> Page[Any]:
        """The mail, the newest first."""
        rows = sorted(self._emails(call), key=lambda row: row.received, reverse=True)
        return page_by_time(rows, cursor, lambda row: row.received)

    def patches(self, call: Call, cursor: Cursor | None = None) -> Page[Any]:
        """The patchsets, the newest first; in 2024 also for those who may not browse."""
        rows = call.store.patchsets.where(lambda row: row.list_id == self.id)
        if call.modern and not self.browsable(call, call.user):
            rows = []
        rows.sort(key=lambda row: row.created, reverse=True)
        return page_by_time(rows, cursor, lambda row: row.created)

    def message(self, call: Call, message_id: str) -> object:
        """The mail of that Message-ID, as it is stored."""
        rows = self._emails(call)
        return next((row for row in rows if row.stored_id == loaders.text(message_id)), None)

    def subscription(self, call: Call) -> MailingListSubscription | None:
        """The caller's subscription."""
        return subscribed(call, self.id)

    def webhooks(self, call: Call, cursor: Cursor | None = None) -> Page[Subscription]:
        """The caller's webhooks."""
        return listed(call, kinds.LIST, cursor, self.id)

    def webhook(self, call: Call, id_: int) -> Subscription:
        """One of them."""
        return found(call, kinds.LIST, id_, self.id)


@dataclass
class MailingListSubscription:
    """A subscription; those of mere addresses have no user."""

    typename: ClassVar[str] = "MailingListSubscription"
    id: int
    created: datetime
    list_id: int
    user: User | None

    def list(self, call: Call) -> object:
        """The list."""
        return loaders.list_of(call, self.list_id)


def subscribed(call: Call, list_id: int) -> MailingListSubscription | None:
    """The caller's subscription to a list."""
    rows: Table[MailingListSubscription] = call.store.subscriptions
    return rows.first(lambda row: row.list_id == list_id and row.user is call.user)
