"""Labels and assignees of tickets."""

from __future__ import annotations

from typing import Any

from shim.sandbox.data.table import Table
from shim.sandbox.engine import times
from shim.sandbox.instance.call import Call
from shim.sandbox.services.todo import hooks, journal, loaders
from shim.sandbox.services.todo.event import Event
from shim.sandbox.services.todo.label import Label, TicketLabel
from shim.sandbox.services.todo.mutations.prelude import ticket_for, tracker_for
from shim.sandbox.services.todo.numbers import Access, EventType
from shim.sandbox.services.todo.participants import User
from shim.sandbox.services.todo.ticket import Assignment, Ticket


class TagMutations:
    """Putting labels on tickets and users to work, and the reverse."""

    def assign_user(self, call: Call, tracker_id: int, ticket_id: int, user_id: int) -> Event:
        """Assign a user."""
        tracker_for(call, tracker_id, Access.TRIAGE)
        ticket = ticket_for(call, tracker_id, ticket_id, "No ticket by ID {} found for this user")
        user, table = _user(call, user_id), call.store.assignees
        if _assignment(call, ticket, user):
            raise call.failure("This user is already assigned to this ticket")
        table.add(Assignment(table.take_id(), ticket.row_id, user))
        return _happened(call, ticket, EventType.ASSIGNED_USER, user, causer=call.user)

    def unassign_user(self, call: Call, tracker_id: int, ticket_id: int, user_id: int) -> Event:
        """Take a user off again."""
        tracker_for(call, tracker_id, Access.TRIAGE)
        ticket = ticket_for(call, tracker_id, ticket_id)
        user = _user(call, user_id)
        row = _assignment(call, ticket, user)
        if row is None:
            raise call.failure("This user is not assigned to this ticket")
        call.store.assignees.remove(row)
        return _happened(call, ticket, EventType.UNASSIGNED_USER, user, causer=call.user)

    def label_ticket(self, call: Call, tracker_id: int, ticket_id: int, label_id: int) -> Event:
        """Put a label on a ticket, be it another tracker's."""
        ticket, label = _labelling(call, tracker_id, ticket_id, label_id)
        if _on(call, ticket, label):
            raise call.failure("This label is already assigned to this ticket")
        table = call.store.ticket_labels
        table.add(TicketLabel(table.take_id(), ticket.row_id, label.id))
        return _happened(call, ticket, EventType.LABEL_ADDED, call.user, label_id=label.id)

    def unlabel_ticket(self, call: Call, tracker_id: int, ticket_id: int, label_id: int) -> Event:
        """Take a label off, or write at least the event."""
        ticket, label = _labelling(call, tracker_id, ticket_id, label_id)
        if row := _on(call, ticket, label):
            call.store.ticket_labels.remove(row)
        return _happened(call, ticket, EventType.LABEL_REMOVED, call.user, label_id=label.id)


def _on(call: Call, ticket: Ticket, label: Label) -> TicketLabel | None:
    table: Table[TicketLabel] = call.store.ticket_labels
    place = (ticket.row_id, label.id)
    return table.first(lambda row: (row.ticket_id, row.label_id) == place)


def _labelling(call: Call, tracker_id: int, number: int, label_id: int) -> tuple[Ticket, Label]:
    tracker_for(call, tracker_id, Access.TRIAGE, "No such tracker")
    ticket = ticket_for(call, tracker_id, number)
    label: Label | None = loaders.label(call, label_id)
    if label is None:
        raise call.missing("No such label", "Label not found")
    return ticket, label


def _happened(call: Call, ticket: Ticket, kind: EventType, person: User, **columns: Any) -> Event:
    """Write the event and tell of it."""
    now = times.now()
    call.store.tickets.get(ticket.row_id).updated = now
    event = journal.write(call, ticket.row_id, kind, now, actor=person, **columns)
    hooks.event_created(call, ticket, event)
    return event


def _user(call: Call, user_id: int) -> User:
    user: User | None = loaders.user(call, user_id)
    if user is None:
        raise call.missing("No such user", "User not found")
    return user


def _assignment(call: Call, ticket: Ticket, user: User) -> Assignment | None:
    table: Table[Assignment] = call.store.assignees
    return table.first(lambda row: row.ticket_id == ticket.row_id and row.assignee is user)
