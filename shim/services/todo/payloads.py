"""The webhooks of todo.sr.ht: what was sent of trackers, labels, tickets and events (todo 6).

The Go side told of everything done through GraphQL or by mail, the Python side of what its REST API did to tickets. A
native delivery doesn't say which it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shim.services.events import Event, Form, Kind, Native, Parents, go, python, removed
from shim.services.todo.events import flat
from shim.services.todo.resources import Event as WholeEvent
from shim.services.todo.resources import Ticket as WholeTicket
from shim.services.todo.sent import SentEvent, SentLabel, SentTicket, SentTracker

_TRACKERS = ("PROFILE:RO", "TRACKERS:RO")
_TICKETS = (*_TRACKERS, "TICKETS:RO")
_EVENTS = (*_TICKETS, "EVENTS:RO")
_NO_TIME = "0001-01-01T00:00:00Z"
_STATUSES = {"oldStatus", "oldResolution", "newStatus", "newResolution"}
Row = Mapping[str, Any]

_tracker, _label, _ticket, _event = SentTracker(), SentLabel(), SentTicket(), SentEvent()
_whole_ticket, _whole_event = WholeTicket(), WholeEvent()


def tracker(native: Native) -> Any:
    """A tracker, with what the old sender left out where it was empty: the hub reads it all (clients H1)."""
    return _tracker.dump(native.whole()["tracker"])


def label(native: Native) -> Any:
    """A label."""
    return _label.dump(native.whole()["label"])


def ticket(native: Native) -> Any:
    """A new ticket, by the Go side."""
    return _ticket.dump(native.whole()["ticket"])


def whole_ticket(native: Native) -> Any:
    """A new ticket, by the Python side: the resource of the REST API. Nobody is assigned yet."""
    return _whole_ticket.dump({**native.whole()["ticket"], "labels": [], "assignees": []})


def own_ticket(form: Form) -> Form:
    """A new ticket for those who follow a user: told of to who submitted it, and so only where that is a user."""

    def make(native: Native) -> Any:
        is_user = native.whole()["ticket"]["submitter"]["type"] == "User"
        return form.make(native) if is_user else None

    return form._replace(make=make)


def event(native: Native) -> Any:
    """An event, by the Go side: first members of enums are spelled out, and of the ticket little is told."""
    told = native.whole()["newEvent"]
    untold = {"created": _NO_TIME, "updated": _NO_TIME, "description": None, "status": "", "resolution": ""}
    return _event.dump({**flat(told, {**told["ticket"], **untold}), **_states(told["changes"])})


def whole_event(native: Native) -> Any:
    """An event, by the Python side: the resource of the REST API."""
    told = native.whole()["newEvent"]
    return _whole_event.dump(flat(told, told["ticket"]))


def _states(changes: list[Row]) -> dict[str, Any]:
    found = {name: change[name] for change in changes for name in _STATUSES & change.keys()}
    return {f"{name[:3]}_{name[3:].lower()}": value for name, value in found.items()}


_OF_TICKET = (go(ticket), python(whole_ticket))
_NULLABLE = frozenset({"description", "called", "external_url"})
_event_created = Event("event:create", "EVENT_CREATED", "tickets:read", _EVENTS, (go(event), python(whole_event)))
user_events = Kind(
    "user",
    "/api/user",
    "UserEvents",
    (
        Event("tracker:create", "TRACKER_CREATED", "trackers:read", _TRACKERS, (go(tracker),)),
        Event("tracker:update", "TRACKER_UPDATE", "trackers:read", _TRACKERS, (go(tracker),)),
        Event("tracker:delete", "TRACKER_DELETED", "trackers:read", _TRACKERS, (go(removed("tracker")),)),
        Event("ticket:create", "TICKET_CREATED", "tickets:read", _TICKETS, tuple(map(own_ticket, _OF_TICKET))),
    ),
    nullable=_NULLABLE,
)
tracker_events = Kind(
    "tracker",
    "/api/user/<u>/trackers/<t>",
    "TrackerEvents",
    (
        Event("label:create", "LABEL_CREATED", "trackers:read", _TRACKERS, (go(label),)),
        Event("label:delete", "LABEL_DELETED", "trackers:read", _TRACKERS, (go(removed("label")),)),
        Event("ticket:create", "TICKET_CREATED", "tickets:read", _TICKETS, _OF_TICKET),
        _event_created,
    ),
    internal=True,
    nullable=_NULLABLE,
    lists=frozenset({"changes"}),
    parents=Parents("TrackerNames", ("owner", "trackers"), "t", ("owner", "tracker")),
)
ticket_events = Kind(
    "ticket",
    "/api/user/<u>/trackers/<t>/tickets/<int:n>",
    "TicketEvents",
    (Event("ticket:update", "TICKET_UPDATE", "tickets:read", ("TICKETS:RO",)), _event_created),
    internal=True,
    nullable=_NULLABLE,
    lists=frozenset({"changes"}),
    parents=Parents("TrackerNames", ("owner", "trackers"), "t", ("owner", "tracker", "ticket"), "n"),
)
