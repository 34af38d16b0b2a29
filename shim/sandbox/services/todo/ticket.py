"""Tickets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from shim.sandbox.data.table import Table
from shim.sandbox.engine.cursor import Cursor, Page, page
from shim.sandbox.instance.call import Call
from shim.sandbox.services.todo import kinds, loaders
from shim.sandbox.services.todo.participants import Entity, User
from shim.sandbox.webhooks.fields import Hooked
from shim.sandbox.webhooks.subscriptions import Kind


@dataclass
class Ticket(Hooked):
    """A ticket. `id` is its number within the tracker, `row_id` what other rows call it."""

    typename: ClassVar[str] = "Ticket"
    hook_kind: ClassVar[Kind] = kinds.TICKET
    hook_key: ClassVar[str] = "row_id"
    id: int
    row_id: int
    tracker_id: int
    created: datetime
    updated: datetime
    submitter: Entity
    subject: str
    body: str | None
    status: str = "REPORTED"
    resolution: str = "UNRESOLVED"

    def tracker(self, call: Call) -> object:
        """The tracker."""
        return loaders.tracker(call, self.tracker_id)

    def ref(self, call: Call) -> str:
        """The text that names it everywhere."""
        tracker = call.store.trackers.get(self.tracker_id)
        return f"{tracker.owner.canonical_name}/{tracker.name}#{self.id}"

    def labels(self, call: Call) -> list[Any]:
        """The labels; the real server keeps no order."""
        rows = call.store.ticket_labels.where(lambda row: row.ticket_id == self.row_id)
        return [call.store.labels.get(label_id) for label_id in sorted(row.label_id for row in rows)]

    def assignees(self, call: Call) -> list[User]:
        """Who is to work on it; the real server keeps no order."""
        rows = call.store.assignees.where(lambda row: row.ticket_id == self.row_id)
        return sorted((row.assignee for row in rows), key=lambda user: user.id)

    def events(self, call: Call, cursor: Cursor | None = None) -> Page[Any]:
        """What happened to it, the newest first."""
        rows = call.store.events.where(lambda row: row.ticket_id == self.row_id)
        return page(reversed(rows), cursor, lambda row: row.id)


class Tickets(Table[Ticket]):
    """All tickets, by row."""

    def key(self, row: Ticket) -> int:
        """The number of the row."""
        return row.row_id


@dataclass
class Assignment:
    """A user's being assigned to a ticket (by its row)."""

    id: int
    ticket_id: int
    assignee: User
