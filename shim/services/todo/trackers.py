"""/api/.../trackers: bug trackers (todo rows 3 to 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from shim.rest import json
from shim.rest.body import optional, required
from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Crash, Refusal, reason
from shim.rest.page import cut
from shim.services.answers import Declined
from shim.services.call import Call
from shim.services.todo.access import check_owner, tracker_in
from shim.services.todo.authors import caller
from shim.services.todo.resources import Tracker, WrittenTracker

trackers = Endpoints()
_tracker = Tracker()
_written = WrittenTracker()
ONE = ("/api/trackers/<t>", "/api/user/<u>/trackers/<t>")


@trackers.get(
    "/api/trackers", "/api/user/<u>/trackers", scope="trackers:read", operation="Trackers", resource=paged(Tracker)
)
def index(call: Call) -> Response:
    """Trackers by descending id; of another user's those that let everybody do something (todo G9)."""
    start = call.start

    def fetch(cursor: str | None) -> tuple[Sequence[Any], str | None]:
        result = call.fetch("Trackers", cursor=cursor)
        page = call.intact(result, "owner", "trackers")
        mine = result.get("me", "name") == result.get("owner", "name")
        return [{**tracker, "mine": mine} for tracker in page["results"]], page["cursor"]

    rows = call.everything("trackers", fetch).rows
    shown = [tracker for tracker in rows if tracker["mine"] or any(tracker["default_access"].values())]
    return call.page(_tracker, cut(shown, start))


@trackers.get(*ONE, scope="trackers:read", operation="Tracker", resource=Tracker)
def show(call: Call, t: str) -> Response:
    """One tracker by owner and name."""
    return json.answer(_tracker.dump(tracker_in(call, call.fetch("Tracker", t=t))))


@trackers.post(
    "/api/trackers",
    scope="trackers:write",
    operation=("Me", "CreateTracker"),
    fields=(required("name", None, "Name"), optional("description", None), required("visibility", None)),
    resource=WrittenTracker,
)
def create(call: Call) -> Response:
    """A new tracker; its times stay as upstream wrote them (todo Q11)."""
    call.valid.check()
    owner = caller(call)
    return _answer(call.mutate("CreateTracker", "createTracker", **call.valid.values), owner, 201)


@trackers.put(
    *ONE,
    scope="trackers:write",
    operation=("TrackerRights", "UpdateTracker"),
    resource=WrittenTracker,
    examples={"body": {"description": "Faults of the station"}, "input": {"description": "Faults of the station"}},
)
def update(call: Call, t: str) -> Response:
    """Another description and nothing else; a broken body changes nothing and fails (todo Q28)."""
    tracker = _owned(call, t)
    written = call.mutate("UpdateTracker", "updateTracker", id=tracker["id"], input=_changes(call))
    call.valid.check()
    return _answer(written, tracker["owner"])


@trackers.delete(*ONE, scope="trackers:write", operation=("TrackerRights", "DeleteTracker"))
def delete(call: Call, t: str) -> Response:
    """No more tracker; the old code crashed over whatever the API refused."""
    tracker = _owned(call, t)
    try:
        call.mutate("DeleteTracker", "deleteTracker", id=tracker["id"])
    except Declined as declined:
        raise Crash("a tracker that can't be deleted") from declined
    return json.no_content()


def _changes(call: Call) -> dict[str, Any]:
    """The input of an update. An empty description changed nothing, and a number was refused, by 2024's API."""
    description = call.body.fields.get("description")
    if isinstance(description, int | float) and not isinstance(description, bool):
        raise Refusal(400, reason("Expected description to be a string", "description"))
    return {} if description in (None, "") else {"description": description}


def _owned(call: Call, t: str) -> Mapping[str, Any]:
    """A tracker of the caller's. Raises 404, and 401 for anybody but its owner."""
    result = call.fetch("TrackerRights", t=t)
    tracker = tracker_in(call, result, None)
    check_owner(result)
    return tracker


def _answer(tracker: Mapping[str, Any], owner: Mapping[str, Any], status: int = 200) -> Response:
    return json.answer(_written.dump({**tracker, "owner": owner}), status)
