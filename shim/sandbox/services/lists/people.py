"""Who writes mail and owns lists: users, and mailboxes that belong to none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from shim.sandbox.engine.cursor import Cursor, Page
from shim.sandbox.instance import users
from shim.sandbox.instance.call import Call
from shim.sandbox.services.lists import loaders
from shim.sandbox.services.lists.paging import page_by_time

_FEW = 5


@dataclass
class User(users.User):
    """A user with lists and mail."""

    def list(self, call: Call, name: str) -> object:
        """The list of that name, if the caller may see it."""
        return loaders.list_named(call, self, name)

    def lists(self, call: Call, cursor: Cursor | None = None) -> Page[Any]:
        """The user's lists that the caller may see, the last changed first; a second page is empty for ever."""
        rows = call.store.lists.where(lambda row: row.owner is self and row.visible(call, call.user))
        rows.sort(key=lambda row: row.updated, reverse=True)
        return page_by_time(rows, cursor, lambda row: row.updated, unit=1)

    def emails(self, call: Call, cursor: Cursor | None = None) -> Page[Any]:
        """The mail of the user that the caller may browse, in no order: the database takes few by their lists."""
        rows = [row for row in call.store.emails if row.sender_user is self and row.browsable(call)]
        if len(rows) < _FEW:
            rows.sort(key=lambda row: (row.list_id, row.id))
        return page_by_time(rows, cursor, lambda row: row.received)

    def threads(self, call: Call, cursor: Cursor | None = None) -> Page[Any]:
        """The threads that the user began and the caller may browse."""
        rows = [row for row in call.store.emails if row.sender_user is self and row.browsable(call)]
        return loaders.threads(rows, cursor)


@dataclass(frozen=True)
class Mailbox:
    """Somebody known by mail."""

    typename: ClassVar[str] = "Mailbox"
    name: str
    address: str

    @property
    def canonical_name(self) -> str:
        """The address as in a mail header, a space before it also where there is no name."""
        return f"{self.name} <{self.address}>"


Entity: TypeAlias = "User | Mailbox"
