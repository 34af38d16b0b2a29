"""PUT /api/.../tickets/N, and comments that can't be edited (todo rows 12 and 13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound, Unauthorized

from shim.rest import json
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Refusal
from shim.services.call import Call
from shim.services.todo.access import may, ticket_in
from shim.services.todo.changes import changes, wanted
from shim.services.todo.resources import Changed
from shim.services.todo.tickets import ONE
from shim.services.todo.write import Writing
from shim.upstream import LARGEST_INT, Result

edits = Endpoints()
_changed = Changed()
MOST_WANTED = 50
MOST_READS = 3
NOT_EDITED = "Editing comments is not supported by the GraphQL API"
TOO_MANY = f"More than {MOST_READS * MOST_WANTED} labels at once are not supported"
Row = Mapping[str, Any]


@edits.put(
    *ONE,
    scope="tickets:write",
    operation=("TicketForUpdate", "UpdateLabels", "UpdateTicket", "Newest"),
    resource=Changed,
    examples={
        "body": {"comment": "It thaws", "labels": ["bug"]},
        "comment": {"text": "It thaws"},
        "status": {"status": "RESOLVED", "resolution": "FIXED"},
    },
)
def update(call: Call, t: str, n: int) -> Response:
    """Labels, a comment and a status at once, in the old order (todo Q20)."""
    names = wanted(call.body)
    result, labels = _read(call, t, n, names)
    tracker, ticket = ticket_in(call, result)
    todo = changes(call.body, ticket, labels)
    if not all(may(tracker, right) for right in todo.rights):
        raise Unauthorized
    about: Row = {**ticket, "tracker": tracker}
    events: Sequence[Row] = ()
    if todo:
        about, events = Writing(call, about, todo, result.data["me"]["name"]).write(t=t, n=n)
    return json.answer(_changed.dump({"ticket": about, "events": events}))


@edits.put(*(f"{rule}/comments/<int:c>" for rule in ONE), scope="tickets:write", operation="Ticket")
def edit_comment(call: Call, t: str, n: int, c: int) -> Response:
    """There is no mutation for it (todo G2); no comment has an id beyond 32 bits."""
    ticket_in(call, call.fetch("Ticket", t=t, n=n))
    if c > LARGEST_INT:
        raise NotFound
    raise Refusal(501, NOT_EDITED)


def _read(call: Call, t: str, n: int, names: Sequence[str]) -> tuple[Result, Mapping[str, Row]]:
    """The ticket, and those of the named labels that its tracker has, as far as none is unknown.

    That takes one call, but for very many names. Raises the 501 for more than that.
    """
    labels: dict[str, Row] = {}
    for begin in range(0, max(len(names), 1), MOST_WANTED):
        if begin == MOST_READS * MOST_WANTED:
            raise Refusal(501, TOO_MANY)
        some: dict[str, Any] = {f"want{i}": name for i, name in enumerate(names[begin : begin + MOST_WANTED])}
        result = call.fetch("TicketForUpdate", {"want0": len(some)}, t=t, n=n, **some)
        found = result.get("owner", "tracker") or {}
        labels |= {label["name"]: label for alias in some if (label := found.get(alias)) is not None}
        if len(labels) < begin + len(some):
            break
    return result, labels
