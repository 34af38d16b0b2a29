"""todo.sr.ht."""

from shim.services.service import UNUSED_BY_THE_HUB, Service
from shim.services.todo.edit import edits
from shim.services.todo.events import events
from shim.services.todo.forms import forms
from shim.services.todo.labels import labels
from shim.services.todo.payloads import ticket_events, tracker_events, user_events
from shim.services.todo.tickets import tickets
from shim.services.todo.trackers import trackers
from shim.services.todo.webhooks import ticket_webhooks, tracker_webhooks, user_webhooks
from shim.services.users import USER, users
from shim.services.webhooks import HOOKS
from shim.upstream import load

_TRACKERS = ("PROFILE:RO", "TRACKERS:RO")

service = Service(
    name="todo",
    lifecycle=UNUSED_BY_THE_HUB,
    endpoints=(
        *(users, forms, trackers, labels, tickets, edits, events),
        *(user_webhooks, tracker_webhooks, ticket_webhooks),
    ),
    operations=load(__name__, USER, HOOKS),
    catches_all=False,
    hooks=(user_events, tracker_events, ticket_events),
    grants={
        "trackers:read": _TRACKERS,
        "trackers:write": ("PROFILE:RO", "TRACKERS:RW"),
        "tickets:read": (*_TRACKERS, "TICKETS:RO"),
        "tickets:write": (*_TRACKERS, "TICKETS:RW"),
    },
    row_costs={
        "Tickets": 2,
        "BareTickets": 1,
        "LabelsOfTickets": 1,
        "TicketsOfLabels": 1,
        "Ticket": 2,
        "TicketForUpdate": 2,
    },
)
