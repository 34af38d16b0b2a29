"""Loading each object but once a request, and what kills the real server."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from shim.sandbox.engine.errors import MAX_INTEGER

from ...conftest import Client
from . import kit

CLOSE_TWICE = """
mutation ($tracker: Int!, $ticket: Int!, $input: SubmitCommentInput!) {
  one: submitComment(trackerId: $tracker, ticketId: $ticket, input: $input) { ...status }
  two: submitComment(trackerId: $tracker, ticketId: $ticket, input: $input) { ...status }
}
fragment status on Event { changes { ... on StatusChange { oldStatus newStatus } } }
"""
RENAME = """
mutation ($tracker: Int!, $ticket: Int!) {
  updateTicket(trackerId: $tracker, ticketId: $ticket, input: {subject: "new"}) { subject updated }
}
"""
SUBMIT = """
mutation ($tracker: Int!) {
  submitTicket(trackerId: $tracker, input: {subject: "s"}) { tracker { updated } }
}
"""
TICKET = """
query ($owner: String!, $name: String!, $ticket: Int!) {
  user(username: $owner) { tracker(name: $name) { ticket(id: $ticket) { subject status updated } } }
}
"""
UPDATED = 'query { me { tracker(name: "fresh") { updated } } }'
COMMENTS = """
query ($ticket: Int!) {
  me {
    tracker(name: "fresh") {
      ticket(id: $ticket) { events { results { changes { ... on Comment { text } } } } }
    }
  }
}
"""
MISSING = """
query ($owner: String!, $name: String!) { user(username: $owner) { tracker(name: $name) { id } } }
"""


def _ticket(client: Client, number: int) -> Any:
    return client.data(TICKET, owner="jdoe", name="fresh", ticket=number)["user"]["tracker"]["ticket"]


def test_each_comment_of_a_request_changes_the_status_that_it_found(todo: Client) -> None:
    tracker = kit.tracker(todo)
    number = kit.ticket(todo, tracker)
    closing = {"text": "t", "status": "RESOLVED", "resolution": "FIXED"}
    done = todo.data(CLOSE_TWICE, tracker=tracker, ticket=number, input=closing)
    change = {"oldStatus": "REPORTED", "newStatus": "RESOLVED"}
    assert [done[name]["changes"][1] for name in ("one", "two")] == [change, change]
    assert _ticket(todo, number)["status"] == "RESOLVED"


def test_a_changed_ticket_shows_when_it_was_changed_before(todo: Client) -> None:
    tracker = kit.tracker(todo)
    number = kit.ticket(todo, tracker)
    before = _ticket(todo, number)["updated"]
    answer = todo.data(RENAME, tracker=tracker, ticket=number)["updateTicket"]
    assert answer == {"subject": "new", "updated": before}
    after = _ticket(todo, number)
    assert after["subject"] == "new"
    assert after["updated"] > before


def test_the_tracker_of_a_new_ticket_shows_when_it_was_changed_before(todo: Client) -> None:
    tracker = kit.tracker(todo)
    before = todo.data(UPDATED)["me"]
    assert todo.data(SUBMIT, tracker=tracker)["submitTicket"] == before
    assert todo.data(UPDATED)["me"] != before


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (TICKET, {"owner": "jdoe", "name": "fresh", "ticket": MAX_INTEGER + 1}),
        (TICKET, {"owner": "jdoe", "name": "fresh", "ticket": -MAX_INTEGER - 2}),
        (MISSING, {"owner": "jdoe", "name": "a\0"}),
        (MISSING, {"owner": "a\0", "name": "fresh"}),
        (SUBMIT, {"tracker": MAX_INTEGER + 1}),
    ],
)
def test_what_no_lookup_can_be_made_with_kills_the_server(
    todo: Client, caplog: pytest.LogCaptureFixture, query: str, variables: dict[str, Any]
) -> None:
    kit.tracker(todo)
    body = {"query": query, "variables": variables}
    with caplog.at_level(logging.WARNING):
        answer = todo.open("/query", "POST", json=body, headers=todo.bearer("jdoe"))
    assert (answer.status_code, answer.get_data()) == (500, b"")
    assert "here the real server dies" in caplog.text


def test_a_comment_without_text_kills_the_server(todo: Client) -> None:
    tracker = kit.tracker(todo)
    number = kit.ticket(todo, tracker)
    kit.comment(todo, tracker, number, "text")
    body = {"query": COMMENTS, "variables": {"ticket": number}}
    assert todo.open("/query", "POST", json=body, headers=todo.bearer("jdoe")).status_code == 200
    (*_, row) = todo.store.comments
    row.text = None
    assert todo.open("/query", "POST", json=body, headers=todo.bearer("jdoe")).status_code == 500


def test_a_missing_ticket_is_nothing_in_2026(todo2026: Client) -> None:
    tracker = kit.tracker(todo2026)
    assert _ticket(todo2026, kit.ticket(todo2026, tracker) + 1) is None


def test_a_missing_ticket_takes_the_tracker_along_in_2024(todo: Client) -> None:
    tracker = kit.tracker(todo)
    body = todo.ask(TICKET, owner="jdoe", name="fresh", ticket=kit.ticket(todo, tracker) + 1)
    assert body["data"] == {"user": {"tracker": None}}
    assert [error["path"] for error in body["errors"]] == [["user", "tracker", "ticket"]]
