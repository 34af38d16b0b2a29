"""The webhooks of todo.sr.ht: events, and who hears of them (todo dossier, 6.2)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from shim.sandbox.services.todo.kinds import TICKET, TRACKER, USER
from shim.sandbox.webhooks.events import Payload, announce
from shim.sandbox.webhooks.subscriptions import Kind

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call
    from shim.sandbox.services.todo.event import Event
    from shim.sandbox.services.todo.label import Label
    from shim.sandbox.services.todo.ticket import Ticket
    from shim.sandbox.services.todo.tracker import Tracker


@dataclass
class TrackerEvent(Payload):
    """A tracker was created, changed or deleted."""

    typename: ClassVar[str] = "TrackerEvent"
    tracker: Tracker


@dataclass
class LabelEvent(Payload):
    """A label was created, changed or deleted."""

    typename: ClassVar[str] = "LabelEvent"
    label: Label


@dataclass
class TicketEvent(Payload):
    """A ticket was created or changed."""

    typename: ClassVar[str] = "TicketEvent"
    ticket: Ticket


@dataclass
class TicketDeletedEvent(Payload):
    """A ticket was deleted."""

    typename: ClassVar[str] = "TicketDeletedEvent"
    tracker_id: int
    ticket_id: int


@dataclass
class EventCreated(Payload):
    """Something happened to a ticket."""

    typename: ClassVar[str] = "EventCreated"
    new_event: Event


def tracker_changed(call: Call, event: str, tracker: Tracker) -> None:
    """Tell of a tracker: the one who acts, and those who follow it."""
    announce(call, USER, TrackerEvent(event, tracker), user=call.user)
    _tell_tracker(call, tracker.id, TrackerEvent(event, tracker))


def label_changed(call: Call, event: str, label: Label) -> None:
    """Tell of a label those who follow its tracker."""
    _tell_tracker(call, label.tracker_id, LabelEvent(event, label))


def ticket_created(call: Call, ticket: Ticket) -> None:
    """Tell of a new ticket: the one who acts, and those who follow the tracker."""
    announce(call, USER, TicketEvent("TICKET_CREATED", ticket), user=call.user)
    _tell_tracker(call, ticket.tracker_id, TicketEvent("TICKET_CREATED", ticket))


def ticket_updated(call: Call, ticket: Ticket) -> None:
    """Tell of a changed ticket those who follow its tracker or itself."""
    _tell_tracker(call, ticket.tracker_id, TicketEvent("TICKET_UPDATE", ticket))
    _tell_ticket(call, ticket, TicketEvent("TICKET_UPDATE", ticket))


def ticket_deleted(call: Call, ticket: Ticket) -> None:
    """Tell of a deleted ticket those who follow its tracker; its own webhooks are gone with it."""
    _tell_tracker(call, ticket.tracker_id, TicketDeletedEvent("TICKET_DELETED", ticket.tracker_id, ticket.id))


def event_created(call: Call, ticket: Ticket, event: Event) -> None:
    """Tell of an event those who follow the ticket or its tracker."""
    _tell_tracker(call, ticket.tracker_id, EventCreated("EVENT_CREATED", event))
    _tell_ticket(call, ticket, EventCreated("EVENT_CREATED", event))


def _tell_tracker(call: Call, tracker_id: int, payload: Payload) -> None:
    _tell(call, TRACKER, payload, tracker_id, tracker_id)


def _tell_ticket(call: Call, ticket: Ticket, payload: Payload) -> None:
    _tell(call, TICKET, payload, ticket.tracker_id, ticket.row_id)


def _tell(call: Call, kind: Kind, payload: Payload, tracker_id: int, parent: int) -> None:
    """Deliver to the subscriptions on the row `parent` of those who may see its tracker now."""
    tracker: Tracker | None = call.store.trackers.get(tracker_id)
    if tracker:
        announce(call, kind, payload, parent=parent, allowed=partial(tracker.visible, call))
