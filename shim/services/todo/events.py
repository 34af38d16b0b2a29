"""/api/.../tickets/N/events: what happened to a ticket (todo row 14, 4.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound

from shim.rest.endpoint import Endpoints
from shim.services.call import Call
from shim.services.todo.access import ticket_in
from shim.services.todo.resources import Event
from shim.services.todo.tickets import ONE
from shim.upstream import Result

events = Endpoints()
_event = Event()
_MEMBERS = ("old_status", "old_resolution", "new_status", "new_resolution", "user", "comment", "label", "by_user")
_UNSAID = ("REPORTED", "UNRESOLVED")
Row = Mapping[str, Any]


@events.get(*(f"{rule}/events" for rule in ONE), scope="tickets:read", operation="Events")
def index(call: Call, t: str, n: int) -> Response:
    """Events by descending id."""

    def ask(**asked: Any) -> tuple[Row | None, Row | None]:
        tracker, ticket = ticket_in(call, _fetch(call, t=t, n=n, **asked), NotFound)
        page = ticket.get("rows")
        about = {**ticket, "tracker": tracker}
        rows = page and {**page, "results": [flat(event, about) for event in page["results"]]}
        return rows, ticket.get("keys")

    return call.page(_event, call.window("events", ask, t, str(n)))


def flat(event: Row, ticket: Row) -> dict[str, Any]:
    """An event of a ticket with the members that its changes fill; the others are null (todo 4.4)."""
    found = {**dict.fromkeys((*_MEMBERS, "from_ticket")), "id": event["id"], "created": event["created"]}
    found["event_type"] = [change["event_type"] for change in event["changes"]]
    for change in event["changes"]:
        found |= _FILL[change["type"]](change, event, ticket)
    return {**found, "ticket": ticket}


def _fetch(call: Call, **variables: Any) -> Result:
    """A page of events; without the tickets that mention this one if the caller may not see one of them (todo G5)."""
    result = call.fetch("Events", sources=True, **variables)
    if any(error.path[-1:] == ("fromTicket",) for error in result.errors):
        result = call.fetch("Events", sources=False, **variables)
    return result


def _by_author(change: Row, event: Row, ticket: Row) -> dict[str, Any]:
    return {"user": change["author"]}


def _comment(change: Row, event: Row, ticket: Row) -> dict[str, Any]:
    """A comment's own id is not told: the event's stands for it (todo G1)."""
    author = change["author"]
    comment = {"id": event["id"], "created": event["created"], "submitter": author, "text": change["text"]}
    return {"user": author, "comment": comment}


def _status(change: Row, event: Row, ticket: Row) -> dict[str, Any]:
    """The first member of either enum was never said (todo Q8)."""
    names = {"old_status": "oldStatus", "new_status": "newStatus"}
    names |= {"old_resolution": "oldResolution", "new_resolution": "newResolution"}
    said = {old: None if change[new] in _UNSAID else change[new] for old, new in names.items()}
    return {"user": change["author"], **said}


def _label(change: Row, event: Row, ticket: Row) -> dict[str, Any]:
    return {"user": change["author"], "label": change["label"]["name"]}


def _assignment(change: Row, event: Row, ticket: Row) -> dict[str, Any]:
    return {"user": change["user"], "by_user": change["author"]}


def _user_mention(change: Row, event: Row, ticket: Row) -> dict[str, Any]:
    return {"user": change["user"], "by_user": change["author"], "from_ticket": ticket}


def _ticket_mention(change: Row, event: Row, ticket: Row) -> dict[str, Any]:
    return {"by_user": change["author"], "from_ticket": change.get("fromTicket")}


_FILL: Mapping[str, Callable[[Row, Row, Row], dict[str, Any]]] = {
    "Created": _by_author,
    "Comment": _comment,
    "StatusChange": _status,
    "LabelUpdate": _label,
    "Assignment": _assignment,
    "UserMention": _user_mention,
    "TicketMention": _ticket_mention,
}
