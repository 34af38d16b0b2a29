"""What comes by mail, through the mail server only."""

from __future__ import annotations

from typing import Any

import pytest

from shim.sandbox.engine.errors import PANIC

from ...conftest import Client
from . import kit

SUBMIT = """
mutation ($tracker: Int!, $sender: Int!) {
  submitTicketEmail(trackerId: $tracker, input: {subject: "s", senderId: $sender, messageId: "m"}) {
    id submitter { canonicalName }
  }
}
"""
COMMENT = """
mutation ($tracker: Int!, $ticket: Int!, $input: SubmitCommentEmailInput!) {
  submitCommentEmail(trackerId: $tracker, ticketId: $ticket, input: $input) {
    ticket { status resolution labels { name } }
    changes { eventType ... on Comment { author { canonicalName } } }
  }
}
"""


def _sender(client: Client, name: str | None = "Pat Field") -> int:
    """The participant with a mail address and that name."""
    found = client.store.participants.first(lambda row: getattr(row.entity, "name", "") == name)
    return found.id  # type: ignore[no-any-return]


def _comment(client: Client, tracker: int, number: int, **given: Any) -> Any:
    input_ = {"text": "t", "senderId": _sender(client), "messageId": "m", **given}
    answer = client.ask(COMMENT, internal=True, tracker=tracker, ticket=number, input=input_)
    if "errors" in answer:
        return [error["message"] for error in answer["errors"]]
    return answer["data"]["submitCommentEmail"]


def test_the_sender_opens_the_ticket(todo: Client) -> None:
    made = todo.data(SUBMIT, internal=True, tracker=kit.tracker(todo), sender=_sender(todo))
    assert made["submitTicketEmail"]["submitter"]["canonicalName"].startswith("Pat Field <")


@pytest.mark.parametrize("name", [None, "unknown"])
def test_senders_that_the_server_panics_over(todo: Client, name: str | None) -> None:
    sender = 99999 if name else _sender(todo, name)
    assert todo.errors(SUBMIT, internal=True, tracker=kit.tracker(todo), sender=sender) == [PANIC]


def test_only_other_servers_may_ask(todo: Client) -> None:
    tracker = kit.tracker(todo)
    (message,) = todo.errors(SUBMIT, tracker=tracker, sender=_sender(todo))
    assert "internal" in message.lower()


@pytest.mark.parametrize(
    ("given", "status", "resolution"),
    [
        ({}, "CONFIRMED", "UNRESOLVED"),
        ({"cmd": "RESOLVE", "resolution": "FIXED"}, "RESOLVED", "FIXED"),
        ({"cmd": "REOPEN"}, "REPORTED", "UNRESOLVED"),
        ({"resolution": "FIXED"}, "CONFIRMED", "UNRESOLVED"),
    ],
)
def test_commands(todo: Client, given: dict[str, str], status: str, resolution: str) -> None:
    tracker = kit.tracker(todo)
    number = kit.ticket(todo, tracker)
    kit.comment(todo, tracker, number, "t", status="CONFIRMED")
    event = _comment(todo, tracker, number, **given)
    assert event["ticket"] == {"status": status, "resolution": resolution, "labels": []}
    types = ["COMMENT", *(["STATUS_CHANGE"] if "cmd" in given else [])]
    assert [change["eventType"] for change in event["changes"]] == types


def test_resolving_takes_a_resolution(todo: Client) -> None:
    tracker = kit.tracker(todo)
    refused = _comment(todo, tracker, kit.ticket(todo, tracker), cmd="RESOLVE")
    assert refused == ["Resolution is required when cmd is RESOLVE"]


def test_labels(todo: Client) -> None:
    tracker = kit.tracker(todo)
    number, labels = kit.ticket(todo, tracker), [kit.label(todo, tracker, name) for name in ("a", "b")]
    on = _comment(todo, tracker, number, cmd="LABEL", labelIds=labels)
    assert on["ticket"]["labels"] == [{"name": "a"}, {"name": "b"}]
    again = _comment(todo, tracker, number, cmd="LABEL", labelIds=labels[:1])
    assert again == ["This label is already assigned to this ticket."]
    off = _comment(todo, tracker, number, cmd="UNLABEL", labelIds=labels)
    assert off["ticket"]["labels"] == []
    assert _comment(todo, tracker, number, cmd="UNLABEL", labelIds=labels[:1]) == [
        "This label is not assigned to this ticket."
    ]
    types = [change["eventType"] for changes in kit.events(todo, "fresh", number) for change in changes]
    assert types == ["COMMENT", *["LABEL_REMOVED"] * 2, "COMMENT", *["LABEL_ADDED"] * 2, "CREATED"]
