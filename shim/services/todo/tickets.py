"""/api/.../tickets: tickets of a tracker (todo rows 9 to 11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from shim.rest import json
from shim.rest.endpoint import Endpoints
from shim.services.call import Call
from shim.services.todo.access import ticket_in, tracker_in
from shim.services.todo.draft import draft
from shim.services.todo.resources import Ticket

tickets = Endpoints()
_ticket = Ticket()
ALL = ("/api/trackers/<t>/tickets", "/api/user/<u>/trackers/<t>/tickets")
ONE = ("/api/trackers/<t>/tickets/<int:n>", "/api/user/<u>/trackers/<t>/tickets/<int:n>")


@tickets.get(*ALL, scope="tickets:read", operation="Tickets")
def index(call: Call, t: str) -> Response:
    """Tickets by descending number, which is also in `next`: the old row id there led in a circle (todo Q9)."""

    def ask(**asked: Any) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
        tracker = tracker_in(call, call.fetch("Tickets", t=t, **asked))
        return _page(tracker), tracker.get("keys")

    return call.page(_ticket, call.window("tickets", ask, t))


@tickets.get(*ONE, scope="tickets:read", operation="Ticket")
def show(call: Call, t: str, n: int) -> Response:
    """One ticket; the old code crashed over a missing one (todo G8)."""
    tracker, ticket = ticket_in(call, call.fetch("Ticket", t=t, n=n))
    return json.answer(_ticket.dump({**ticket, "tracker": tracker}))


@tickets.post(*ALL, scope="tickets:write", operation=("TrackerRights", "SubmitTicket"))
def create(call: Call, t: str) -> Response:
    """A new ticket; its tracker is as it was before (todo 4.7)."""
    tracker = tracker_in(call, call.fetch("TrackerRights", t=t), "submit")
    ticket = call.mutate("SubmitTicket", "submitTicket", id=tracker["id"], input=draft(call.body))
    return json.answer(_ticket.dump({**ticket, "tracker": tracker}), 201)


def _page(tracker: Mapping[str, Any]) -> Mapping[str, Any] | None:
    page = tracker.get("rows")
    return page and {**page, "results": [{**ticket, "tracker": tracker} for ticket in page["results"]]}
