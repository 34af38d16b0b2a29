"""Who takes part in tickets: users, writers of mail, users of other sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from shim.sandbox.data.table import Table
from shim.sandbox.engine.cursor import Cursor, Page, page
from shim.sandbox.engine.errors import PanicError
from shim.sandbox.instance import users
from shim.sandbox.services.todo import loaders

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call
    from shim.sandbox.services.todo.tracker import Tracker


@dataclass
class User(users.User):
    """A user with trackers."""

    notify_self: bool = False

    @classmethod
    def load(cls, row: dict[str, Any]) -> User:
        """A user from a row of a data set."""
        user = super().load(row)
        user.notify_self = row.get("notify_self", False)
        return user

    def tracker(self, call: Call, name: str) -> Tracker | None:
        """The tracker of that name, if the caller may see it."""
        return loaders.tracker_named(call, self, name)

    def trackers(self, call: Call, cursor: Cursor | None = None) -> Page[Tracker]:
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
    """A row that stands for one of them."""

    id: int
    entity: Entity


class Participants(Table[Participant]):
    """All participants; those who are not there yet are made when they first do something."""

    def of(self, entity: Entity) -> Participant:
        """The participant who is `entity`."""
        found = self.first(lambda row: _identity(row.entity) == _identity(entity))
        return found or self.add(Participant(self.take_id(), entity))


def _identity(entity: Entity) -> tuple[str, int | str]:
    """What tells somebody from others."""
    if isinstance(entity, EmailAddress):
        return entity.typename, entity.mailbox
    if isinstance(entity, ExternalUser):
        return entity.typename, entity.external_id
    return entity.typename, entity.id


def entity(call: Call, participant_id: int | None) -> Entity:
    """Who a participant is. Raises PanicError for none."""
    row: Participant | None = call.store.participants.get(participant_id) if participant_id else None
    if row is None:
        raise PanicError
    return row.entity
