"""/api/user/webhooks... and those below trackers and tickets, which only servers could make (todo rows 15 to 35)."""

from __future__ import annotations

from werkzeug.exceptions import HTTPException

from shim.rest.errors import Crash
from shim.services.call import Call
from shim.services.levels import Ids, Level
from shim.services.todo.access import lacks_ticket, ticket_in, tracker_in
from shim.services.todo.payloads import ticket_events, tracker_events, user_events
from shim.services.webhooks import hook_routes
from shim.upstream import Result


def _tracker(call: Call, result: Result) -> Ids:
    return (tracker_in(call, result)["id"],)


def _ticket(call: Call, result: Result) -> Ids:
    """A tracker's id and a ticket's number; a ticket that is missing or hidden crashed the old code."""
    if not lacks_ticket(result):
        call.require(result, "owner", "tracker")
    try:
        tracker, ticket = ticket_in(call, result)
    except HTTPException:
        raise Crash("no such ticket") from None
    return tracker["id"], ticket["id"]


of_user = Level(user_events)
_TRACKERS = ("PROFILE:RO", "TRACKERS:RO")
of_tracker = Level(tracker_events, "TrackerParent", _tracker, grants=_TRACKERS)
of_ticket = Level(ticket_events, "TicketParent", _ticket, grants=(*_TRACKERS, "TICKETS:RO"))
user_webhooks, tracker_webhooks, ticket_webhooks = map(hook_routes, (of_user, of_tracker, of_ticket))
