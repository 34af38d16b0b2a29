"""The webhooks of todo.sr.ht: events, and who hears of them (todo dossier, 6.2)."""

from __future__ import annotations

from functools import partial

from shim.sandbox.instance.call import Call
from shim.sandbox.services.todo.event import Event
from shim.sandbox.services.todo.kinds import TICKET, TRACKER, USER
from shim.sandbox.services.todo.label import Label
from shim.sandbox.services.todo.ticket import Ticket
from shim.sandbox.services.todo.tracker import Tracker
from shim.sandbox.webhooks.events import Payload, announce
from shim.sandbox.webhooks.subscriptions import Kind


def tracker_changed(call: Call, event: str, tracker: Tracker) -> None:
    """Tell of a tracker: the one who acts, and those who follow it."""
    announce(call, USER, Payload("TrackerEvent", event, tracker=tracker), user=call.user)
    _tell_tracker(call, tracker.id, Payload("TrackerEvent", event, tracker=tracker))


def label_changed(call: Call, event: str, label: Label) -> None:
    """Tell of a label those who follow its tracker."""
    _tell_tracker(call, label.tracker_id, Payload("LabelEvent", event, label=label))


def ticket_created(call: Call, ticket: Ticket) -> None:
    """Tell of a new ticket: the one who acts, and those who follow the tracker."""
    announce(call, USER, Payload("TicketEvent", "TICKET_CREATED", ticket=ticket), user=call.user)
    _tell_tracker(call, ticket.tracker_id, Payload("TicketEvent", "TICKET_CREATED", ticket=ticket))


def ticket_updated(call: Call, ticket: Ticket) -> None:
    """Tell of a changed ticket those who follow its tracker or itself."""
    _tell_both(call, ticket, "TicketEvent", "TICKET_UPDATE", ticket=ticket)


def ticket_deleted(call: Call, ticket: Ticket) -> None:
    """Tell of a deleted ticket those who follow its tracker; its own webhooks are gone with it."""
    ids = {"tracker_id": ticket.tracker_id, "ticket_id": ticket.id}
    _tell_tracker(call, ticket.tracker_id, Payload("TicketDeletedEvent", "TICKET_DELETED", **ids))


def event_created(call: Call, ticket: Ticket, event: Event) -> None:
    """Tell of an event those who follow the ticket or its tracker."""
    _tell_both(call, ticket, "EventCreated", "EVENT_CREATED", new_event=event)


def _tell_both(call: Call, ticket: Ticket, typename: str, event: str, /, **objects: object) -> None:
    _tell_tracker(call, ticket.tracker_id, Payload(typename, event, **objects))
    _tell(call, TICKET, Payload(typename, event, **objects), ticket.tracker_id, ticket.row_id)


def _tell_tracker(call: Call, tracker_id: int, payload: Payload) -> None:
    _tell(call, TRACKER, payload, tracker_id, tracker_id)


def _tell(call: Call, kind: Kind, payload: Payload, tracker_id: int, parent: int) -> None:
    """Deliver to the subscriptions on the row `parent` of those who may see its tracker now."""
    tracker: Tracker | None = call.store.trackers.get(tracker_id)
    if tracker:
        announce(call, kind, payload, parent=parent, allowed=partial(tracker.visible, call))
