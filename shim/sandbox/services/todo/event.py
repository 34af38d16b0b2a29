"""Events: what happened to a ticket, and the changes that each consists of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar

from shim.sandbox.engine.errors import DiedError, PanicError
from shim.sandbox.services.todo import loaders
from shim.sandbox.services.todo.numbers import EventType
from shim.sandbox.services.todo.participants import Entity

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call


@dataclass
class CommentText:
    """A revision of a comment on a ticket (by its row); events point at the newest."""

    id: int
    ticket_id: int
    text: str | None


@dataclass
class Event:
    """An event. One without a ticket (by its row) is a mention of a ticket that does not exist."""

    typename: ClassVar[str] = "Event"
    id: int
    created: datetime
    types: EventType
    ticket_id: int | None
    actor: Entity | None = None
    causer: Entity | None = None
    comment_id: int | None = None
    label_id: int | None = None
    from_ticket_id: int | None = None
    old_status: str | None = None
    old_resolution: str | None = None
    new_status: str | None = None
    new_resolution: str | None = None

    def ticket(self, call: Call) -> object:
        """The ticket."""
        return loaders.ticket(call, self.ticket_id)

    def changes(self, call: Call) -> list[Change]:
        """The changes, in the order of their types."""
        return [_CHANGES[one](self, one) for one in self.types.each()]


@dataclass(frozen=True)
class Change:
    """One change of an event."""

    typename: ClassVar[str]
    event: Event
    type: EventType

    @property
    def event_type(self) -> str | None:
        """The type's name."""
        return self.type.name

    def _actor(self, call: Call) -> Entity:
        return _known(self.event.actor)

    def _causer(self, call: Call) -> Entity:
        return _known(self.event.causer)


def _known(entity: Entity | None) -> Entity:
    if entity is None:
        raise PanicError
    return entity


def _of_event(name: str) -> property:
    return property(attrgetter(f"event.{name}"))


class Created(Change):
    """The ticket was opened."""

    typename = "Created"
    author = Change._actor


class Comment(Change):
    """Somebody wrote a comment."""

    typename = "Comment"
    author = Change._actor

    def text(self, call: Call) -> str:
        """The text. Raises DiedError: one that is null kills the real server (conventions 10.3)."""
        row: CommentText | None = call.store.comments.get(self.event.comment_id)
        if row is None:
            raise PanicError
        if row.text is None:
            raise DiedError(f"the text of comment {row.id} is null")
        return row.text


class StatusChange(Change):
    """The ticket was closed, opened again, ..."""

    typename = "StatusChange"
    editor = Change._actor

    old_status = _of_event("old_status")
    new_status = _of_event("new_status")
    old_resolution = _of_event("old_resolution")
    new_resolution = _of_event("new_resolution")


class LabelUpdate(Change):
    """A label was put on the ticket or taken off."""

    typename = "LabelUpdate"
    labeler = Change._actor

    def label(self, call: Call) -> object:
        """The label."""
        return loaders.label(call, self.event.label_id or 0)


class Assignment(Change):
    """A user was assigned or unassigned."""

    typename = "Assignment"
    assignee = Change._actor
    assigner = Change._causer


class UserMention(Change):
    """A text mentioned a user."""

    typename = "UserMention"
    mentioned = Change._actor
    author = Change._causer


class TicketMention(Change):
    """A text mentioned this ticket."""

    typename = "TicketMention"
    author = Change._causer

    def ticket(self, call: Call) -> object:
        """The ticket with the text."""
        return loaders.ticket(call, self.event.from_ticket_id)


_CHANGES: dict[EventType, Callable[[Event, EventType], Change]] = {
    EventType.CREATED: Created,
    EventType.COMMENT: Comment,
    EventType.STATUS_CHANGE: StatusChange,
    EventType.LABEL_ADDED: LabelUpdate,
    EventType.LABEL_REMOVED: LabelUpdate,
    EventType.ASSIGNED_USER: Assignment,
    EventType.UNASSIGNED_USER: Assignment,
    EventType.USER_MENTIONED: UserMention,
    EventType.TICKET_MENTIONED: TicketMention,
}
