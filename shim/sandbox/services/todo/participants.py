"""Who takes part in tickets: users, writers of mail, users of other sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from shim.sandbox.engine.cursor import Cursor, Page, page
from shim.sandbox.instance import users
from shim.sandbox.instance.call import Call
from shim.sandbox.services.todo import loaders


@dataclass
class User(users.User):
    """A user with trackers."""

    def tracker(self, call: Call, name: str) -> object:
        """The tracker of that name, if the caller may see it."""
        return loaders.tracker_named(call, self, name)

    def trackers(self, call: Call, cursor: Cursor | None = None) -> Page[Any]:
        """The user's trackers that the caller finds listed, the newest first."""
        rows = call.store.trackers.where(lambda row: row.owner is self and row.listed(call, call.user))
        return page([row.seen(call) for row in reversed(rows)], cursor, lambda row: row.id)


@dataclass
class EmailAddress:
    """Somebody known by mail; `name` may be missing or empty."""

    typename: ClassVar[str] = "EmailAddress"
    mailbox: str
    name: str | None

    @property
    def canonical_name(self) -> str:
        """The address as in a mail header."""
        return self.mailbox if self.name is None else f"{self.name} <{self.mailbox}>"


@dataclass
class ExternalUser:
    """Somebody on another site."""

    typename: ClassVar[str] = "ExternalUser"
    external_id: str
    external_url: str | None

    @property
    def canonical_name(self) -> str:
        """The id."""
        return self.external_id


Entity: TypeAlias = "User | EmailAddress | ExternalUser"


@dataclass
class Participant:
    """A row of a data set that stands for one of them."""

    id: int
    entity: Entity
