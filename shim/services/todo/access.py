"""Who may see and do what: trackers and tickets out of answers, or the old refusal (todo 2.2, 4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.exceptions import NotFound, Unauthorized

from shim.services.call import Call
from shim.upstream import FieldError, Kind, Result

_NULL = "the requested element is null"
Row = Mapping[str, Any]


def tracker_in(call: Call, result: Result, right: str | None = "browse") -> Row:
    """The tracker in an answer. Raises 404, and 401 where the caller lacks the right or has no access at all.

    Of a caller without any right upstream can't even say that much (todo 4.1).
    """
    if right and any(_is_without_access(error) for error in result.errors):
        raise Unauthorized
    look = call.intact if right else call.require
    tracker: Row = look(result, "owner", "tracker")
    if right and not may(tracker, right):
        raise Unauthorized
    return tracker


def ticket_in(call: Call, result: Result, hidden: type[Exception] = Unauthorized) -> tuple[Row, Row]:
    """The tracker and the ticket in an answer, which a ticket's submitter may always read.

    Raises 404 where there is none, and `hidden` where the caller may not read it.
    """
    if lacks_ticket(result):
        raise NotFound
    tracker = tracker_in(call, result, None)
    ticket: Row = call.require(result, "owner", "tracker", "ticket")
    if not may(tracker, "browse") and ticket["submitter"].get("name") != result.get("me", "name"):
        raise hidden
    return tracker, ticket


def lacks_ticket(result: Result) -> bool:
    """Whether an answer says that there is no such ticket, as upstream of 2024 does, and then nothing of the rest."""
    return any(error.path[-1:] == ("ticket",) and error.message.startswith(_NULL) for error in result.errors)


def may(tracker: Row, right: str) -> bool:
    """Whether the caller has a right on a tracker."""
    return bool((tracker["acl"] or {}).get(right))


def check_owner(result: Result) -> None:
    """Raise 401 for anybody but the owner of what was asked for."""
    if result.get("me", "name") != result.get("owner", "name"):
        raise Unauthorized


def _is_without_access(error: FieldError) -> bool:
    return error.path[-1:] == ("acl",) and error.kind is Kind.FAULT
