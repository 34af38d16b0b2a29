"""Writing events, with the subscriptions and the mentions that come with them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shim.sandbox.data.table import Table
from shim.sandbox.services.todo import activity
from shim.sandbox.services.todo.event import Event
from shim.sandbox.services.todo.numbers import EventType

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call
    from shim.sandbox.services.todo.mentions import Mentions
    from shim.sandbox.services.todo.participants import Participant
    from shim.sandbox.services.todo.ticket import Ticket


def write(call: Call, ticket_id: int | None, types: EventType, created: datetime, **columns: Any) -> Event:
    """Write an event that happens to a ticket (by its row); `columns` are further members of it."""
    table: Table[Event] = call.store.events
    return table.add(Event(table.take_id(), created, types, ticket_id, **columns))


def write_text(
    call: Call,
    ticket: Ticket,
    types: EventType,
    created: datetime,
    author: Participant,
    mentioned: Mentions,
    **columns: Any,
) -> Event:
    """Write the event of a text: author and mentioned users subscribe, and each mention is an event too."""
    people = [call.store.participants.of(user) for user in mentioned.users]
    subscribe(call, ticket, [author, *people])
    event = write(call, ticket.row_id, types, created, participant_id=author.id, **columns)
    source = {
        "by_participant_id": author.id,
        "from_ticket_id": ticket.row_id,
        "comment_id": columns.get("comment_id"),
    }
    for person in people:
        kind = EventType.USER_MENTIONED
        write(call, ticket.row_id, kind, created, participant_id=person.id, **source)
    for target in mentioned.tickets:
        write(call, target, EventType.TICKET_MENTIONED, created, **source)
    return event


def subscribe(call: Call, ticket: Ticket, people: Iterable[Participant]) -> None:
    """Subscribe those who are not subscribed to a ticket yet."""
    for person in people:
        activity.subscribe(call, person, ticket_id=ticket.row_id)
