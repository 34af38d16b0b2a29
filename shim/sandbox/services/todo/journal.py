"""Writing events, with the mentions that come with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shim.sandbox.data.table import Table
from shim.sandbox.instance.call import Call
from shim.sandbox.services.todo.event import Event
from shim.sandbox.services.todo.mentions import Mentions
from shim.sandbox.services.todo.numbers import EventType
from shim.sandbox.services.todo.participants import Entity
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
    author: Entity,
    mentioned: Mentions,
    **columns: Any,
) -> Event:
    """Write the event of a text; each mention in it is an event too."""
    event = write(call, ticket.row_id, types, created, actor=author, **columns)
    source = {"causer": author, "from_ticket_id": ticket.row_id, "comment_id": columns.get("comment_id")}
    for user in mentioned.users:
        write(call, ticket.row_id, EventType.USER_MENTIONED, created, actor=user, **source)
    for target in mentioned.tickets:
        write(call, target, EventType.TICKET_MENTIONED, created, **source)
    return event
