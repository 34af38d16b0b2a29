"""/api/.../tickets: tickets of a tracker (todo rows 9 to 11)."""

from __future__ import annotations

from flask import Response

from shim.rest import json
from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.services.call import Call
from shim.services.todo.access import ticket_in, tracker_in
from shim.services.todo.authors import submitter, user
from shim.services.todo.draft import draft
from shim.services.todo.labelled import page_of
from shim.services.todo.resources import Ticket

tickets = Endpoints()
_ticket = Ticket()
ALL = ("/api/trackers/<t>/tickets", "/api/user/<u>/trackers/<t>/tickets")
ONE = ("/api/trackers/<t>/tickets/<int:n>", "/api/user/<u>/trackers/<t>/tickets/<int:n>")


@tickets.get(
    *ALL,
    scope="tickets:read",
    operation=("BareTickets", "TicketsOfLabels", "LabelsOfTickets", "Tickets"),
    resource=paged(Ticket),
)
def index(call: Call, t: str) -> Response:
    """Tickets by descending number, which is also in `next`: the old row id there led in a circle (todo Q9)."""

    return call.page(_ticket, page_of(call, t))


@tickets.get(*ONE, scope="tickets:read", operation="Ticket", resource=Ticket)
def show(call: Call, t: str, n: int) -> Response:
    """One ticket; the old code crashed over a missing one (todo G8)."""
    tracker, ticket = ticket_in(call, call.fetch("Ticket", t=t, n=n))
    return json.answer(_ticket.dump({**ticket, "tracker": tracker}))


@tickets.post(
    *ALL,
    scope="tickets:write",
    operation=("TrackerRights", "SubmitTicket", "Ticket"),
    resource=Ticket,
    examples={
        "body": {"title": "The gauge is frozen", "description": "Since Monday"},
        "input": {"subject": "The gauge is frozen", "body": "Since Monday"},
    },
)
def create(call: Call, t: str) -> Response:
    """A new ticket; its tracker is as it was before (todo 4.7)."""
    result = call.fetch("TrackerRights", t=t)
    tracker = tracker_in(call, result, "submit")
    given = draft(call.body)
    made = call.mutate("SubmitTicket", "submitTicket", id=tracker["id"], input=given)
    author = submitter(call, given, t=t, n=made["id"]) if given.get("externalId") else user(result.data["me"]["name"])
    ref = f"{tracker['owner']['canonical_name']}/{tracker['name']}#{made['id']}"
    ticket = {**made, "ref": ref, "tracker": tracker, "submitter": author, "labels": (), "assignees": ()}
    return json.answer(_ticket.dump(ticket), 201)
