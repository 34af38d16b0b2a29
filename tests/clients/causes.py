"""What the hub is told of: done by GraphQL and by old programs (clients H1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.clients.hub import TRACKER
from tests.clients.kit import OWNER, Stand


class Cause(NamedTuple):
    """Something that the hub is told of: at a level, by what was done, and what it reads of that.

    `act` does it and gives what must be read.
    """

    place: str
    event: str
    act: Callable[[Stand], dict[str, Any]]


def repository(stand: Stand, service: str) -> dict[str, Any]:
    """A new repository, as the old API shows it."""
    body = {"name": "told", "description": "of <ünï>", "visibility": "UNLISTED"}
    stand.legacy("POST", service, "/api/repos", **body)
    found: dict[str, Any] = stand.legacy("GET", service, "/api/repos/told")
    return found


def tracker(stand: Stand) -> dict[str, Any]:
    """A new tracker."""
    stand.legacy("POST", "todo", "/api/trackers", name="told", description="of <ünï>", visibility="PUBLIC")
    found: dict[str, Any] = stand.legacy("GET", "todo", "/api/trackers/told")
    return found


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """What the hub reads of a repository."""
    return {key: row[key] for key in ("id", "name", "description")} | {"visibility": row["visibility"].upper()}


def tracked(row: dict[str, Any]) -> dict[str, Any]:
    """What the hub reads of a tracker."""
    return {key: row[key] for key in ("id", "name", "description")} | {"public": bool(row["default_access"])}


def changed_by_graphql(service: str) -> Callable[[Stand], dict[str, Any]]:
    """A repository's description is changed."""

    def act(stand: Stand) -> dict[str, Any]:
        query = 'mutation ($id: Int!) { updateRepository(id: $id, input: {description: "<new> ünï"}) { id } }'
        stand.graphql(service, query, id=repository(stand, service)["id"])
        return shown(stand.legacy("GET", service, "/api/repos/told"))

    return act


def changed_by_legacy(service: str) -> Callable[[Stand], dict[str, Any]]:
    """The same, by an old program."""

    def act(stand: Stand) -> dict[str, Any]:
        repository(stand, service)
        stand.legacy("PUT", service, "/api/repos/told", description="<new> ünï")
        return shown(stand.legacy("GET", service, "/api/repos/told"))

    return act


def ended_by_graphql(service: str) -> Callable[[Stand], dict[str, Any]]:
    """A repository is deleted."""

    def act(stand: Stand) -> dict[str, Any]:
        made = repository(stand, service)
        stand.graphql(service, "mutation ($id: Int!) { deleteRepository(id: $id) { id } }", id=made["id"])
        return {"id": made["id"]}

    return act


def ended_by_legacy(service: str) -> Callable[[Stand], dict[str, Any]]:
    """The same, by an old program."""

    def act(stand: Stand) -> dict[str, Any]:
        made = repository(stand, service)
        stand.legacy("DELETE", service, "/api/repos/told")
        return {"id": made["id"]}

    return act


def pushed(stand: Stand) -> dict[str, Any]:
    """A branch that moved, a new and a deleted one, of which git's server tells GraphQL."""
    before, after = stand.push()
    (commit,) = stand.legacy("GET", "git", f"/api/repos/weather/log/{after}")["results"][:1]
    ids = [(before, after), (None, before), (after, None)]
    return {"pusher": (f"~{OWNER}", OWNER), "message": commit["message"], "ids": ids}


def tracker_by_graphql(stand: Stand) -> dict[str, Any]:
    """A tracker loses its description, which the old sender left out then."""
    query = "mutation ($id: Int!) { updateTracker(id: $id, input: {description: null}) { id } }"
    stand.graphql("todo", query, id=tracker(stand)["id"])
    row = stand.legacy("GET", "todo", "/api/trackers/told")
    assert row["description"] is None
    return tracked(row)


def tracker_by_legacy(stand: Stand) -> dict[str, Any]:
    """A tracker gets another description from an old program."""
    tracker(stand)
    return tracked(stand.legacy("PUT", "todo", "/api/trackers/told", description="<new> ünï"))


def tracker_ended_by_graphql(stand: Stand) -> dict[str, Any]:
    """A tracker is deleted."""
    made = tracker(stand)
    stand.graphql("todo", "mutation ($id: Int!) { deleteTracker(id: $id) { id } }", id=made["id"])
    return {"id": made["id"]}


def tracker_ended_by_legacy(stand: Stand) -> dict[str, Any]:
    """The same, by an old program."""
    made = tracker(stand)
    stand.legacy("DELETE", "todo", "/api/trackers/told")
    return {"id": made["id"]}


def by(user: str = OWNER) -> dict[str, Any]:
    """Who did it, as the hub reads it."""
    return {"who": (user, f"~{user}"), "name": f"~{user}"}


def ticket_by_graphql(stand: Stand) -> dict[str, Any]:
    """Somebody else opens a ticket."""
    query = 'mutation ($id: Int!) { submitTicket(trackerId: $id, input: {subject: "<t> ünï", body: "b"}) { id } }'
    widgets = stand.legacy("GET", "todo", "/api/trackers/widgets")["id"]
    made = stand.graphql("todo", query, user="alice", id=widgets)["submitTicket"]
    return {"by": by("alice"), "id": made["id"], "title": "<t> ünï"}


def ticket_by_legacy(stand: Stand) -> dict[str, Any]:
    """A ticket from an old program."""
    made = stand.legacy("POST", "todo", "/api/trackers/widgets/tickets", title="<t> ünï", description="b")
    return {"by": by(), "id": made["id"], "title": "<t> ünï"}


def comment_by_graphql(stand: Stand) -> dict[str, Any]:
    """Somebody comments."""
    query = 'mutation ($id: Int!) { submitComment(trackerId: $id, ticketId: 2, input: {text: "t"}) { id } }'
    stand.graphql("todo", query, id=stand.legacy("GET", "todo", "/api/trackers/widgets")["id"])
    return commented(stand)


def comment_by_legacy(stand: Stand) -> dict[str, Any]:
    """Some program comments."""
    stand.legacy("PUT", "todo", f"{TRACKER}/tickets/2", comment="Fixed by a commit")
    return commented(stand)


def settled_by_hub(stand: Stand) -> dict[str, Any]:
    """The hub itself, over a commit's trailer."""
    body = {"comment": "Fixed by a commit", "resolution": "fixed", "status": "resolved"}
    assert stand.internal().ask("PUT", "todo", f"{TRACKER}/tickets/2", json=body).status_code == 200
    stand.settle()
    return commented(stand)


def commented(stand: Stand) -> dict[str, Any]:
    """What the hub reads of a comment on the ticket."""
    title = stand.legacy("GET", "todo", f"{TRACKER}/tickets/2")["title"]
    return {"by": by(), "comment": True, "id": 2, "title": title}


CAUSES = (
    *(
        Cause(f"{s}-user", "repo:update", act(s))
        for s in ("git", "hg")
        for act in (changed_by_graphql, changed_by_legacy)
    ),
    *(Cause(f"{s}-user", "repo:delete", act(s)) for s in ("git", "hg") for act in (ended_by_graphql, ended_by_legacy)),
    Cause("git-repo", "repo:post-update", pushed),
    Cause("todo-user", "tracker:update", tracker_by_graphql),
    Cause("todo-user", "tracker:update", tracker_by_legacy),
    Cause("todo-user", "tracker:delete", tracker_ended_by_graphql),
    Cause("todo-user", "tracker:delete", tracker_ended_by_legacy),
    Cause("todo-tracker", "ticket:create", ticket_by_graphql),
    Cause("todo-tracker", "ticket:create", ticket_by_legacy),
    Cause("todo-ticket", "event:create", comment_by_graphql),
    Cause("todo-ticket", "event:create", comment_by_legacy),
    Cause("todo-ticket", "event:create", settled_by_hub),
)
