"""Deleting rows with all that refers to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shim.sandbox.data.table import Table
from shim.sandbox.instance.call import Call
from shim.sandbox.services.todo import kinds
from shim.sandbox.services.todo.label import Label
from shim.sandbox.services.todo.ticket import Ticket
from shim.sandbox.services.todo.tracker import Tracker
from shim.sandbox.webhooks.fields import remove
from shim.sandbox.webhooks.subscriptions import Kind


def remove_tracker(call: Call, tracker: Tracker) -> None:
    """Delete a tracker."""
    store = call.store
    store.trackers.remove(tracker)
    for ticket in store.tickets.where(lambda row: row.tracker_id == tracker.id):
        remove_ticket(call, ticket)
    for label in store.labels.where(lambda row: row.tracker_id == tracker.id):
        remove_label(call, label)
    _clear(store.access, lambda row: row.tracker_id == tracker.id)
    _unhook(call, kinds.TRACKER, tracker.id)


def remove_ticket(call: Call, ticket: Ticket) -> None:
    """Delete a ticket, and the events elsewhere that it caused by mentioning others."""
    store = call.store
    store.tickets.remove(ticket)
    for table in (store.ticket_labels, store.assignees, store.comments):
        _clear(table, lambda row: row.ticket_id == ticket.row_id)
    _clear(store.events, lambda row: ticket.row_id in (row.ticket_id, row.from_ticket_id))
    _unhook(call, kinds.TICKET, ticket.row_id)


def remove_label(call: Call, label: Label) -> None:
    """Delete a label, and the events that tell of its use."""
    call.store.labels.remove(label)
    for table in (call.store.ticket_labels, call.store.events):
        _clear(table, lambda row: row.label_id == label.id)


def _clear(table: Table[Any], condition: Callable[[Any], bool]) -> None:
    table.remove(*table.where(condition))


def _unhook(call: Call, kind: Kind, parent: int) -> None:
    for hook in call.store.webhooks[kind.name].where(lambda row: row.parent == parent):
        remove(call, hook)
