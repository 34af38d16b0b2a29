"""Tickets, their comments, labels and assignees: what the recordings leave open."""

from __future__ import annotations

from typing import Any

import pytest

from shim.sandbox.engine.errors import NULL

from ...conftest import Client
from . import kit

SUBMIT = """
mutation ($tracker: Int!, $input: SubmitTicketInput!) {
  submitTicket(trackerId: $tracker, input: $input) {
    created
    submitter { __typename canonicalName ... on ExternalUser { externalId externalUrl } }
    events { results { created } }
  }
}
"""
UPDATE = """
mutation ($tracker: Int!, $ticket: Int!, $input: UpdateTicketInput!) {
  updateTicket(trackerId: $tracker, ticketId: $ticket, input: $input) { subject body }
}
"""
STATUS = """
mutation ($tracker: Int!, $ticket: Int!, $input: UpdateStatusInput!) {
  updateTicketStatus(trackerId: $tracker, ticketId: $ticket, input: $input) { ticket { status resolution } }
}
"""
LABELLING = """
mutation ($tracker: Int!, $ticket: Int!, $label: Int!) {
  NAME(trackerId: $tracker, ticketId: $ticket, labelId: $label) {
    ticket { labels { id } }
    changes { eventType ... on LabelUpdate { label { id } labeler { canonicalName } } }
  }
}
"""
ASSIGNING = """
mutation ($tracker: Int!, $ticket: Int!, $who: Int!) {
  NAME(trackerId: $tracker, ticketId: $ticket, userId: $who) {
    ticket { assignees { canonicalName } }
    changes {
      eventType
      ... on Assignment { assigner { canonicalName } assignee { canonicalName } }
    }
  }
}
"""
OWNERS_ONLY = "Cannot configure {} unless you are the owner of this tracker"
FORM = "Format of externalId field is '<third-party>:<name>', .e.g 'example.org:jdoe'"
FOREIGN = {"externalId": "example.org:zed", "externalUrl": "https://example.org/zed"}


def test_a_ticket_in_anothers_name_and_at_another_time(todo: Client) -> None:
    tracker = kit.tracker(todo)
    given = {"subject": "s", "created": "2001-02-03T04:05:06.789+02:00", **FOREIGN}
    ticket = todo.data(SUBMIT, tracker=tracker, input=given)["submitTicket"]
    assert ticket["created"] == "2001-02-03T04:05:06.789Z"
    assert ticket["submitter"] == {
        "__typename": "ExternalUser",
        "canonicalName": FOREIGN["externalId"],
        **FOREIGN,
    }
    assert ticket["events"]["results"][0]["created"] > ticket["created"]
    again = len(todo.store.participants)
    todo.data(SUBMIT, tracker=tracker, input=given)
    assert len(todo.store.participants) == again


@pytest.mark.parametrize(
    ("user", "given", "messages"),
    [
        ("jdoe", {**FOREIGN, "externalId": "zed"}, [FORM]),
        ("jdoe", {**FOREIGN, "externalUrl": "ftp://example.org"}, ["Invalid URL scheme"]),
        (
            "jdoe",
            {"externalId": "a:b"},
            ["Must specify both externalId and externalUrl, or neither, but not one"],
        ),
        ("jdoe", {"created": "0001-01-01T00:00:00Z"}, ["Cannot use zero value for creation time"]),
        (
            "bob",
            {**FOREIGN, "created": "2001-01-01T00:00:00Z"},
            [OWNERS_ONLY.format("external user import"), OWNERS_ONLY.format("creation time")],
        ),
        ("jdoe", {"subject": "s" * 2049}, ["Ticket subject must be fewer than to 2049 characters."]),
        ("jdoe", {"subject": "ß" * 1025}, ["Ticket subject must be fewer than to 2049 characters."]),
        ("jdoe", {"body": "b" * 16385}, ["Ticket body must be less than 16 KiB in size"]),
        ("jdoe", {"body": "\0"}, ['pq: invalid byte sequence for encoding "UTF8": 0x00']),
    ],
)
def test_refused_tickets(todo: Client, user: str, given: dict[str, Any], messages: list[str]) -> None:
    tracker = kit.tracker(todo)
    assert todo.errors(SUBMIT, user=user, tracker=tracker, input={"subject": "s", **given}) == messages


def test_changes(todo: Client) -> None:
    tracker = kit.tracker(todo)
    number = kit.ticket(todo, tracker, "body")
    change = {"tracker": tracker, "ticket": number}
    assert todo.data(UPDATE, **change, input={})["updateTicket"] == {"subject": "s", "body": "body"}
    assert todo.data(UPDATE, **change, input={"body": None})["updateTicket"] == {"subject": "s", "body": None}
    message = "Ticket subject must be fewer than 2049 characters."
    assert todo.errors(UPDATE, **change, input={"subject": "s" * 2049}) == [message]


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"status": "CONFIRMED"}, ("CONFIRMED", "UNRESOLVED")),
        ({"status": "RESOLVED", "resolution": "CLOSED"}, ("RESOLVED", "CLOSED")),
    ],
)
def test_statuses(todo: Client, given: dict[str, str], state: tuple[str, str]) -> None:
    tracker = kit.tracker(todo)
    number = kit.ticket(todo, tracker)
    event = todo.data(STATUS, tracker=tracker, ticket=number, input=given)["updateTicketStatus"]
    assert tuple(event["ticket"].values()) == state
    reopened = todo.data(STATUS, tracker=tracker, ticket=number, input={"status": "REPORTED"})
    assert tuple(reopened["updateTicketStatus"]["ticket"].values()) == ("REPORTED", "UNRESOLVED")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"status": "RESOLVED"}, "Resolution is required when setting status to RESOLVED"),
        (
            {"status": "PENDING", "resolution": "FIXED"},
            "Resolution may only be provided when status is set to RESOLVED",
        ),
    ],
)
def test_a_status_and_a_resolution_that_do_not_agree(todo: Client, given: dict[str, str], message: str) -> None:
    tracker = kit.tracker(todo)
    number = kit.ticket(todo, tracker)
    assert todo.errors(STATUS, tracker=tracker, ticket=number, input=given) == [message]
    commented = {"text": "t", **given}
    assert todo.errors(kit.COMMENT, tracker=tracker, ticket=number, input=commented) == [message]


def test_a_resolution_without_a_status_counts_for_nothing(todo: Client) -> None:
    tracker = kit.tracker(todo)
    number = kit.ticket(todo, tracker)
    kit.comment(todo, tracker, number, "t", resolution="FIXED")
    assert [change["eventType"] for change in kit.events(todo, "fresh", number)[0]] == ["COMMENT"]


def test_a_comment_in_anothers_name_in_2026(todo2026: Client) -> None:
    tracker = kit.tracker(todo2026)
    number = kit.ticket(todo2026, tracker)
    imported = {"created": "2001-01-01T00:00:00Z", **FOREIGN}
    asked = {"tracker": tracker, "ticket": number}
    todo2026.data(kit.COMMENT, **asked, input={"text": "t", "import": imported})
    author = {"canonicalName": FOREIGN["externalId"]}
    assert kit.events(todo2026, "fresh", number)[0] == [{"eventType": "COMMENT", "author": author, "text": "t"}]
    refused = {"text": "t", "import": {**imported, "externalId": "zed"}}
    messages = [OWNERS_ONLY.format("for import"), FORM]
    assert todo2026.errors(kit.COMMENT, user="bob", **asked, input=refused) == messages


def test_labels_go_on_once_and_come_off_always(todo: Client) -> None:
    tracker = kit.tracker(todo)
    asked = {"tracker": tracker, "ticket": kit.ticket(todo, tracker), "label": kit.label(todo, tracker)}
    on, off = (LABELLING.replace("NAME", name) for name in ("labelTicket", "unlabelTicket"))
    change = {"label": {"id": asked["label"]}, "labeler": {"canonicalName": "~jdoe"}}
    assert todo.data(on, **asked)["labelTicket"] == {
        "ticket": {"labels": [{"id": asked["label"]}]},
        "changes": [{"eventType": "LABEL_ADDED", **change}],
    }
    assert todo.errors(on, **asked) == ["This label is already assigned to this ticket"]
    gone = {"ticket": {"labels": []}, "changes": [{"eventType": "LABEL_REMOVED", **change}]}
    assert todo.data(off, **asked)["unlabelTicket"] == gone
    assert todo.data(off, **asked)["unlabelTicket"] == gone


def test_assignees(todo: Client) -> None:
    tracker = kit.tracker(todo)
    bob = todo.store.users.named("bob").id
    asked = {"tracker": tracker, "ticket": kit.ticket(todo, tracker), "who": bob}
    on, off = (ASSIGNING.replace("NAME", name) for name in ("assignUser", "unassignUser"))
    change = {"assigner": {"canonicalName": "~jdoe"}, "assignee": {"canonicalName": "~bob"}}
    assert todo.data(on, **asked)["assignUser"] == {
        "ticket": {"assignees": [{"canonicalName": "~bob"}]},
        "changes": [{"eventType": "ASSIGNED_USER", **change}],
    }
    assert todo.errors(on, **asked) == ["This user is already assigned to this ticket"]
    assert todo.data(off, **asked)["unassignUser"] == {
        "ticket": {"assignees": []},
        "changes": [{"eventType": "UNASSIGNED_USER", **change}],
    }
    assert todo.errors(off, **asked) == ["This user is not assigned to this ticket"]
    assert todo.errors(on, **{**asked, "who": 99999}) == ["No such user"]


TOGETHER = """
mutation ($tracker: Int!, $ticket: Int!, $label: Int!, $comment: SubmitCommentInput!, $status: UpdateStatusInput!) {
  labelTicket(trackerId: $tracker, ticketId: $ticket, labelId: $label) { id }
  submitComment(trackerId: $tracker, ticketId: $ticket, input: $comment) { id }
  updateTicketStatus(trackerId: $tracker, ticketId: $ticket, input: $status) { id }
}
"""


@pytest.mark.parametrize("era", ["2024", "2026"])
def test_a_label_that_is_there_already_costs_a_comment_of_the_same_request_in_2026(
    era: str, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue("todo" if era == "2024" else "todo2026")
    tracker = kit.tracker(client)
    number, label = kit.ticket(client, tracker), kit.label(client, tracker)
    places = {"tracker": tracker, "ticket": number, "label": label}
    sent = {"comment": {"text": "words"}, "status": {"status": "RESOLVED", "resolution": "FIXED"}}
    client.data(TOGETHER, **places, **sent)
    answer = client.ask(TOGETHER, **places, **sent)
    failed = [(error["path"], error["message"].lower(), error.get("extensions")) for error in answer["errors"]]
    there = (["labelTicket"], "this label is already assigned to this ticket", None)
    assert (answer["data"], failed) == (None, [there, (["submitComment"], NULL.lower(), None)][: 1 + (era == "2026")])
    told = [change["eventType"] for changes in kit.events(client, "fresh", number) for change in changes]
    again = ["STATUS_CHANGE", "COMMENT"] if era == "2024" else ["STATUS_CHANGE"]
    assert told == [*again, "STATUS_CHANGE", "COMMENT", "LABEL_ADDED", "CREATED"]


VALIDATED = [
    'createTracker(name: "b", visibility: PUBLIC) { id }',
    'updateTracker(id: $tracker, input: {description: "x"}) { id }',
    'updateLabel(id: $label, input: {name: "b"}) { id }',
    'submitTicket(trackerId: $tracker, input: {subject: "sss"}) { id }',
    'updateTicket(trackerId: $tracker, ticketId: 1, input: {subject: "sss"}) { id }',
]


@pytest.mark.parametrize("field", VALIDATED)
def test_what_validates_is_null_behind_a_field_that_failed_in_2026(todo2026: Client, field: str) -> None:
    tracker = kit.tracker(todo2026)
    kit.ticket(todo2026, tracker)
    label = kit.label(todo2026, tracker)
    failing = "labelTicket(trackerId: $tracker, ticketId: 9, labelId: $label) { id }"
    document = f"mutation ($tracker: Int!, $label: Int!) {{ {failing} {field} }}"
    assert todo2026.errors(document, tracker=tracker, label=label) == ["Ticket not found", NULL]
    document = f"mutation ($tracker: Int!, $label: Int!) {{ {field} {failing} }}"
    assert todo2026.errors(document, tracker=tracker, label=label) == ["Ticket not found"]
