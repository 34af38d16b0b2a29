"""Events: mentions in tickets that not everybody may see (todo G5, 4.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shim.services import discover
from shim.services.todo.events import MOST_SOURCES
from tests.complexity import complexity
from tests.kit import Asker
from tests.mock import select

TODO = next(service for service in discover() if service.name == "todo")
MENTIONED = "/api/user/~jdoe/trackers/widgets/tickets/5/events"


def sources(todo: Asker, user: str) -> dict[int, Any]:
    """The mentioning tickets by event."""
    rows = todo.get(MENTIONED, user)["results"]
    return {row["id"]: row["from_ticket"] for row in rows if row["event_type"] == ["ticket_mentioned"]}


def may_see(todo: Asker, user: str, ticket: Any) -> bool:
    tracker = ticket["tracker"]
    path = f"/api/user/{tracker['owner']['canonical_name']}/trackers/{tracker['name']}"
    return todo.open("GET", path, user).status_code != 404


def test_only_the_sources_that_the_caller_may_not_see_are_untold(todo: Asker) -> None:
    everything = sources(todo, "alice")
    expected = {event: ticket if may_see(todo, "bob", ticket) else None for event, ticket in everything.items()}
    assert {ticket is None for ticket in expected.values()} == {True, False}
    assert sources(todo, "bob") == expected


def test_they_are_asked_for_only_where_one_is_hidden(todo: Asker) -> None:
    assert "Sources" not in todo.open("GET", MENTIONED, "alice").headers["Server-Timing"]
    assert 'desc="1"' in todo.open("GET", MENTIONED, "bob").headers["Server-Timing"].partition("Sources")[2]


def test_without_the_network_key_none_is_told_beside_a_hidden_one(ask: Callable[..., Asker]) -> None:
    assert set(sources(ask("walk"), "bob").values()) == {None}


NULL = "the requested element is null which the schema does not allow"
PLACE = ["owner", "tracker", "ticket", "rows", "results"]
OWNER = {"canonicalName": "~mira", "username": "mira"}
TRACKER = {"id": 1, "owner": OWNER, "created": "2024-03-01T09:15:00Z", "updated": "2024-03-01T09:15:00Z", "name": "w"}


def mention(event: int) -> dict[str, Any]:
    change = {"__typename": "TicketMention", "eventType": "TICKET_MENTIONED", "author": {"__typename": "User", **OWNER}}
    return {"id": event, "created": "2024-03-01T09:15:00Z", "changes": [change]}


@pytest.mark.parametrize(
    ("message", "path", "status"),
    [
        ("context deadline exceeded", ["owner0"], 504),
        (NULL, ["owner0", *PLACE[1:], 0, "changes", 0, "fromTicket"], 200),
    ],
)
def test_a_failure_to_learn_a_source_is_no_hidden_source(script: Any, message: str, path: Any, status: int) -> None:
    page = {"results": [mention(9), mention(8)], "cursor": None}
    ticket = {"id": 4, "ref": "~mira/w#4", "subject": "s", "submitter": OWNER, "events": page}
    whole = {"me": {"username": "mira"}, "owner": {"tracker": {**TRACKER, "acl": {"browse": True}, "ticket": ticket}}}
    hidden = {"message": NULL, "path": [*PLACE, 0, "changes", 0, "fromTicket"]}
    failed = {"data": {"owner0": None}, "errors": [{"message": message, "path": path}]}

    def without_sources(handler: Any) -> None:
        asked = script.asked[-1]
        script.play(handler, {"data": select(asked["query"], asked["variables"], whole)})

    script.steps = [{"data": None, "errors": [hidden]}, without_sources, failed]
    assert Asker("todo", script.origin).open("GET", "/api/trackers/w/tickets/4/events", "mira").status_code == status
    assert len(script.requests) == 3


@pytest.mark.parametrize("form", ["user", "mine"])
def test_as_many_as_are_asked_for_at_once_are_not_too_complex(form: str) -> None:
    operation = TODO.operations["Sources"]
    chosen = operation.mine if form == "mine" else operation
    assert chosen is not None
    assert complexity(chosen.repeated(owner0=MOST_SOURCES)) < 200


def test_the_text_of_comments_is_asked_for_where_it_is_shown_only() -> None:
    """One that is null kills the server, and nothing tells of it beforehand (conventions 10.3).

    That of a new comment, of which webhooks are told, is what was just given, and never null.
    """
    comments = {o.name for o in TODO.operations.every() if "on Comment" in o.text and " text\n" in o.text}
    assert comments == {"Events", "TrackerEvents", "TicketEvents"}


READING = ("PROFILE:RO", "TRACKERS:RO", "TICKETS:RO")


@pytest.mark.parametrize(("grants", "status"), [(READING, 403), ((*READING, "EVENTS:RO"), 200)])
def test_events_take_a_grant_beside_those_of_tickets(todo: Asker, grants: tuple[str, ...], status: int) -> None:
    held = " ".join(f"todo.sr.ht/{grant}" for grant in grants)
    token = {"Authorization": f"token {todo.token('jdoe', held)}"}
    answer = todo.open("GET", MENTIONED, headers=token)
    assert answer.status_code == status
    if status == 403:
        challenge = answer.headers["WWW-Authenticate"]
        assert challenge == f'Bearer error="insufficient_scope", scope="{held} todo.sr.ht/EVENTS:RO"'
        reason = "Your OAuth token is not permitted to use this endpoint (needs 2123456789abcdef/tickets:read)"
        assert answer.json == {"errors": [{"reason": reason}]}
        assert "Events" not in answer.headers["Server-Timing"], "upstream is not asked"
    assert todo.open("GET", MENTIONED.removesuffix("/events"), headers=token).status_code == 200
