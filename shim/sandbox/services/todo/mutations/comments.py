"""Comments and statuses of tickets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shim.sandbox.engine import times
from shim.sandbox.engine.errors import PanicError, Validation, sql_text
from shim.sandbox.instance.call import Call
from shim.sandbox.services.todo import hooks, journal
from shim.sandbox.services.todo.event import CommentText, Event
from shim.sandbox.services.todo.mentions import mentions
from shim.sandbox.services.todo.mutations.prelude import spoiled, ticket_for, tracker_for
from shim.sandbox.services.todo.mutations.tickets import check_identity, external
from shim.sandbox.services.todo.numbers import Access, EventType
from shim.sandbox.services.todo.participants import Entity
from shim.sandbox.services.todo.ticket import Ticket
from shim.sandbox.services.todo.tracker import Tracker

_RESOLVED = "RESOLVED"
_OPEN = "UNRESOLVED"


class CommentMutations:
    """Commenting on tickets, closing and opening them."""

    def update_ticket_status(self, call: Call, tracker_id: int, ticket_id: int, input_: dict[str, Any]) -> Event:
        """Change the status alone; it may stay the same."""
        if input_.get("import") is not None:
            raise PanicError
        tracker_for(call, tracker_id, Access.TRIAGE)
        ticket = ticket_for(call, tracker_id, ticket_id)
        change = _change(call, ticket, input_)
        now = times.now()
        _apply(call, ticket, change, now)
        ticket.status, ticket.resolution = change["new_status"], change["new_resolution"]
        kind = EventType.STATUS_CHANGE
        event = journal.write(call, ticket.row_id, kind, now, actor=call.user, **change)
        hooks.ticket_updated(call, ticket)
        hooks.event_created(call, ticket, event)
        return event

    def submit_comment(self, call: Call, tracker_id: int, ticket_id: int, input_: dict[str, Any]) -> Event | None:
        """Comment, and change the status with it; a resolution without a status counts for nothing."""
        identity = input_.get("import")
        if identity is not None and not call.modern:
            raise PanicError
        if spoiled(call):
            return None
        tracker = tracker_for(call, tracker_id, Access.COMMENT)
        triage = input_.get("status") is not None or input_.get("resolution") is not None
        if triage and not tracker.allows(Access.TRIAGE):
            raise call.denied()
        ticket = ticket_for(call, tracker_id, ticket_id)
        author = _importer(call, tracker, identity) if identity is not None else call.user
        change = _change(call, ticket, input_) if input_.get("status") is not None else {}
        return _comment(call, tracker, ticket, author, input_["text"], change)


def _comment(call: Call, tracker: Tracker, ticket: Ticket, author: Entity, text: str, change: dict[str, str]) -> Event:
    """Write a comment with a change of status; the request keeps seeing the ticket as it was."""
    mentioned = mentions(call, tracker, text)
    sql_text(text, 16384)
    now = times.now()
    _apply(call, ticket, change, now)
    table = call.store.comments
    row = table.add(CommentText(table.take_id(), ticket.row_id, text))
    types = EventType.COMMENT | (EventType.STATUS_CHANGE if change else EventType(0))
    event = journal.write_text(call, ticket, types, now, author, mentioned, comment_id=row.id, **change)
    hooks.event_created(call, ticket, event)
    return event


def _change(call: Call, ticket: Ticket, input_: dict[str, Any]) -> dict[str, str]:
    """The columns of an event that changes a ticket's status. Raises FieldError if the input does not fit together."""
    status, resolution = input_["status"], input_.get("resolution")
    if status == _RESOLVED and resolution is None:
        raise call.failure("Resolution is required when setting status to RESOLVED")
    if status != _RESOLVED and resolution is not None:
        raise call.failure("Resolution may only be provided when status is set to RESOLVED")
    return {
        "old_status": ticket.status,
        "new_status": status,
        "old_resolution": ticket.resolution,
        "new_resolution": resolution or _OPEN,
    }


def _apply(call: Call, ticket: Ticket, change: dict[str, str], now: datetime) -> None:
    row: Ticket = call.store.tickets.get(ticket.row_id)
    row.status = change.get("new_status", row.status)
    row.resolution = change.get("new_resolution", row.resolution)
    row.updated = now


def _importer(call: Call, tracker: Tracker, identity: dict[str, Any]) -> Entity:
    """The external user in whose name a comment is written; the given time counts for nothing."""
    given = Validation()
    message = "Cannot configure for import unless you are the owner of this tracker"
    check_identity(given, tracker.owner is call.user, identity, message)
    given.end()
    return external(identity)
