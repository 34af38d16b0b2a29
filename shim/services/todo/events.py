"""/api/.../tickets/N/events: what happened to a ticket (todo row 14, 4.4)."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound

from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.services.call import Call
from shim.services.todo.access import ticket_in
from shim.services.todo.resources import Event
from shim.services.todo.tickets import ONE
from shim.upstream import FieldFailure, Result

events = Endpoints()
_event = Event()
_MEMBERS = ("old_status", "old_resolution", "new_status", "new_resolution", "user", "comment", "label", "by_user")
_UNSAID = ("REPORTED", "UNRESOLVED")
_SOURCE = ("fromTicket",)
MOST_SOURCES = 10
Row = Mapping[str, Any]


@events.get(
    *(f"{rule}/events" for rule in ONE),
    scope="tickets:read",
    grants=("EVENTS:RO",),
    operation=("Events", "Sources"),
    resource=paged(Event),
)
def index(call: Call, t: str, n: int) -> Response:
    """Events by descending id."""

    def ask(size: int, **asked: Any) -> tuple[Row | None, Row | None]:
        result, hidden = _fetch(call, t=t, n=n, listed=bool(size), **asked)
        tracker, ticket = ticket_in(call, result, NotFound)
        page, about = ticket.get("rows"), {**ticket, "tracker": tracker}
        if page is None:
            return None, ticket.get("keys")
        told = _with_sources(call, page["results"], hidden, t=t, n=n) if hidden else page["results"]
        return {**page, "results": [flat(event, about) for event in told]}, ticket.get("keys")

    return call.page(_event, call.window("events", "Events", ask, t, str(n)))


def flat(event: Row, ticket: Row) -> dict[str, Any]:
    """An event of a ticket with the members that its changes fill; the others are null (todo 4.4)."""
    found = {**dict.fromkeys((*_MEMBERS, "from_ticket")), "id": event["id"], "created": event["created"]}
    found["event_type"] = [change["event_type"] for change in event["changes"]]
    for change in event["changes"]:
        found |= _FILL[change["type"]](change, event, ticket)
    return {**found, "ticket": ticket}


def _fetch(call: Call, **variables: Any) -> tuple[Result, frozenset[str | int]]:
    """A page of events, and the places of those known to be mentions in tickets that the caller may not see.

    One of these nulls the page, which then comes without any of the tickets that mention this one (todo 4.4).
    """
    result = call.fetch("Events", sources=True, **variables)
    hidden = frozenset(place for error in result.errors if error.path[-1:] == _SOURCE for place in error.path[-4:-3])
    return (call.fetch("Events", sources=False, **variables) if hidden else result), hidden


def _with_sources(call: Call, rows: Sequence[Row], hidden: Container[str | int], **place: Any) -> list[Row]:
    """Events with the tickets that mention this one, but for those that the caller may not see (todo G5).

    They are asked for one by one, which takes cursors of our own: without these none of them is told.
    """
    mentions = [row["id"] for i, row in enumerate(rows) if i not in hidden and _is_mention(row)]
    cursors = [cursor for cursor in (call.sealed(1, str(mention)) for mention in mentions) if cursor is not None]
    sources: dict[int, Row] = {}
    for begin in range(0, len(cursors), MOST_SOURCES):
        sources |= _sources(call, cursors[begin : begin + MOST_SOURCES], **place)
    return [_told(row, sources[row["id"]]) if row["id"] in sources else row for row in rows]


def _sources(call: Call, cursors: Sequence[str], **place: Any) -> dict[int, Row]:
    """The tickets with the mentions that single-event cursors lead to, by event; a failure is no hidden ticket."""
    asked: dict[str, Any] = {f"owner{i}": cursor for i, cursor in enumerate(cursors)}
    result = call.fetch("Sources", {"owner0": len(asked)}, **place, **asked)
    if failures := [error for error in result.errors if error.path[-1:] != _SOURCE]:
        raise call.answers.of_failure(FieldFailure(failures))
    pages = (result.get(alias, "tracker", "ticket", "events") for alias in asked)
    rows = [row for page in pages if page for row in page["results"]]
    return {row["id"]: change["fromTicket"] for row in rows for change in row["changes"] if "fromTicket" in change}


def _is_mention(row: Row) -> bool:
    return any(change["type"] == "TicketMention" for change in row["changes"])


def _told(row: Row, source: Row) -> Row:
    return {**row, "changes": [{**change, "fromTicket": source} for change in row["changes"]]}


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
