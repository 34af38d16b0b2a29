"""Who wrote what a mutation has made: read before or after it, never in its answer (upstream-safety 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.exceptions import HTTPException

from shim.rest.errors import Crash, Refusal
from shim.services import users
from shim.services.call import Call

Row = Mapping[str, Any]
_UNREAD = (Refusal, Crash, HTTPException)


def user(name: str) -> Row:
    """A user as a participant."""
    return {"type": "User", "canonical_name": f"~{name}", "name": name}


def caller(call: Call) -> Row:
    """The caller, whom the API is only asked for where the authorization does not tell."""
    return {"type": "User", **users.caller(call, "Me", "me")}


def submitter(call: Call, given: Row, **place: Any) -> Row:
    """The external submitter of a new ticket, of whom `given` (GraphQL's input) tells.

    Somebody known already keeps the address that is known. Who can't be read any more is as given.
    """
    try:
        found: Row = call.require(call.fetch("Ticket", **place), "owner", "tracker", "ticket", "submitter")
    except _UNREAD:
        return _external(given)
    return found


def commenter(call: Call, given: Row, event: int, **place: Any) -> Row:
    """The external author of a new comment, by its event; the same holds."""
    try:
        rows = newest(call, None, **place)
    except _UNREAD:
        return _external(given)
    changes = (change for row in rows if row["id"] == event for change in row["changes"])
    return next((change["author"] for change in changes if "author" in change), _external(given))


def newest(call: Call, cursor: str | None, **place: Any) -> list[Row]:
    """The newest events of a ticket, the newest first: as many as a cursor says."""
    result = call.fetch("Newest", cursor=cursor, **place)
    rows: list[Row] = call.intact(result, "owner", "tracker", "ticket", "events")["results"]
    return rows


def _external(given: Row) -> Row:
    return {"type": "ExternalUser", "external_id": given["externalId"], "external_url": given["externalUrl"]}
