"""Labels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from shim.sandbox.engine.cursor import Cursor, Page, page
from shim.sandbox.instance.call import Call
from shim.sandbox.services.todo import loaders


@dataclass
class Label:
    """A label of a tracker."""

    typename: ClassVar[str] = "Label"
    id: int
    created: datetime
    tracker_id: int
    name: str
    background_color: str
    foreground_color: str

    def tracker(self, call: Call) -> object:
        """The tracker."""
        return loaders.tracker(call, self.tracker_id)

    def tickets(self, call: Call, cursor: Cursor | None = None) -> Page[Any]:
        """The tickets that have it, of whatever tracker, by falling number; no right is needed."""
        labelled = {row.ticket_id for row in call.store.ticket_labels if row.label_id == self.id}
        rows = call.store.tickets.where(lambda row: row.row_id in labelled)
        return page(sorted(rows, key=lambda row: -row.id), cursor, lambda row: row.id)


@dataclass
class TicketLabel:
    """A label on a ticket (by its row); `id` is for the table only."""

    id: int
    ticket_id: int
    label_id: int
