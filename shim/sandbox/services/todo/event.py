"""Events: what happened to a ticket, and the changes that each consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from shim.sandbox.engine.errors import DiedError, PanicError
from shim.sandbox.instance.call import Call
from shim.sandbox.services.todo import loaders
from shim.sandbox.services.todo.numbers import EventType
from shim.sandbox.services.todo.participants import Entity


@dataclass
class CommentText:
    """A comment on a ticket (by its row)."""

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
        return [Change(self, one, *_CHANGES[one]) for one in self.types.each()]


@dataclass(frozen=True)
class Change:
    """One change of an event, of a GraphQL type. `people` tells which of the event's persons each of its own is."""

    event: Event
    type: EventType
    typename: str
    people: Mapping[str, str]

    def __getattr__(self, name: str) -> Any:
        """A person (PanicError for none), or a column of the event."""
        value = getattr(self.event, self.people.get(name, name))
        if value is None and name in self.people:
            raise PanicError
        return value

    @property
    def event_type(self) -> str | None:
        """The type's name."""
        return self.type.name

    def text(self, call: Call) -> str:
        """The text of a comment. Raises DiedError: one that is null kills the real server (conventions 10.3)."""
        row: CommentText | None = call.store.comments.get(self.event.comment_id)
        if row is None:
            raise PanicError
        if row.text is None:
            raise DiedError(f"the text of comment {row.id} is null")
        return row.text

    def label(self, call: Call) -> object:
        """The label that was put on or taken off."""
        return loaders.label(call, self.event.label_id or 0)

    def ticket(self, call: Call) -> object:
        """The ticket whose text mentions this one."""
        return loaders.ticket(call, self.event.from_ticket_id)


_LABELLED = ("LabelUpdate", {"labeler": "actor"})
_ASSIGNED = ("Assignment", {"assignee": "actor", "assigner": "causer"})
_CHANGES: Mapping[EventType, tuple[str, Mapping[str, str]]] = {
    EventType.CREATED: ("Created", {"author": "actor"}),
    EventType.COMMENT: ("Comment", {"author": "actor"}),
    EventType.STATUS_CHANGE: ("StatusChange", {"editor": "actor"}),
    EventType.LABEL_ADDED: _LABELLED,
    EventType.LABEL_REMOVED: _LABELLED,
    EventType.ASSIGNED_USER: _ASSIGNED,
    EventType.UNASSIGNED_USER: _ASSIGNED,
    EventType.USER_MENTIONED: ("UserMention", {"mentioned": "actor", "author": "causer"}),
    EventType.TICKET_MENTIONED: ("TicketMention", {"author": "causer"}),
}
