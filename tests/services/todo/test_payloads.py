"""What either side of todo.sr.ht sent of tickets and events, beside what is recorded of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shim.services.events import Sender
from tests.parity.pairs import NOW, UUID, Pair, translated

SECONDS = "2026-11-09T10:11:12+00:00"
TRACKER = {
    "id": 41,
    "created": NOW,
    "updated": NOW,
    "name": "widgets",
    "owner": {"canonicalName": "~jdoe", "username": "jdoe"},
}
PLACE = {"id": 3, "ref": "~jdoe/widgets#3", "subject": "<t> ü", "tracker": TRACKER}
JDOE = {"__typename": "User", "canonicalName": "~jdoe", "username": "jdoe"}
PAT = {"__typename": "EmailAddress", "canonicalName": "<p@e.net>", "mailbox": "p@e.net", "name": None}
ZED = {"__typename": "ExternalUser", "canonicalName": "github:zed", "externalId": "github:zed", "externalUrl": None}
LEVELS = ("tracker", "ticket")


def sent(level: str, typename: str, event: str, sender: Sender, **members: Any) -> str | None:
    """The payload of an event."""
    told = {"__typename": typename, "uuid": UUID, "event": event, "date": NOW, **members}
    return translated(Pair("todo", "2024", "", 0, level), json.dumps({"data": {"webhook": told}}), sender).payload


def ticket(level: str, sender: Sender, submitter: Any) -> Any:
    """The payload of a new ticket."""
    given = {"created": NOW, "updated": NOW, "body": None, "status": "REPORTED", "resolution": "UNRESOLVED"}
    whole = {**PLACE, **given, "submitter": submitter}
    payload = sent(level, "TicketEvent", "TICKET_CREATED", sender, ticket=whole)
    return payload and json.loads(payload)


def event(sender: Sender, *changes: dict[str, Any], level: str = "ticket") -> str:
    """The payload of an event."""
    told = {"id": 9, "created": NOW, "changes": list(changes), "ticket": PLACE}
    return sent(level, "EventCreated", "EVENT_CREATED", sender, newEvent=told) or ""


def change(typename: str, kind: str, **members: Any) -> dict[str, Any]:
    """One change of an event."""
    return {"__typename": typename, "eventType": kind, **members}


@pytest.mark.parametrize("sender", Sender)
def test_who_submits_by_mail_or_elsewhere_has_no_subscription(sender: Sender) -> None:
    assert [ticket("user", sender, who) for who in (PAT, ZED)] == [None, None]
    assert ticket("user", sender, JDOE) == ticket("tracker", sender, JDOE)


PARTIES = [
    (PAT, {"type": "email", "address": "p@e.net"}, {"name": None}),
    (ZED, {"type": "external", "external_id": "github:zed"}, {"external_url": None}),
]


@pytest.mark.parametrize(("who", "told", "empty"), PARTIES)
def test_go_leaves_out_what_is_empty_of_a_participant(who: Any, told: Any, empty: Any) -> None:
    assert ticket("tracker", Sender.GO, who)["submitter"] == told
    assert ticket("tracker", Sender.PYTHON, who)["submitter"] == {**told, **empty}


@pytest.mark.parametrize("level", LEVELS)
def test_an_event_as_the_rest_api_tells_of_it(level: str) -> None:
    """The event stands for its comment's id (todo G1); first members of enums are not said (todo Q8)."""
    commented = change("Comment", "COMMENT", author=JDOE, text="ü")
    status = {"oldStatus": "REPORTED", "newStatus": "RESOLVED", "oldResolution": "UNRESOLVED"}
    settled = change("StatusChange", "STATUS_CHANGE", editor=JDOE, newResolution="INVALID", **status)
    user = '{"type": "user", "canonical_name": "~jdoe", "name": "jdoe"}'
    owner = '{"canonical_name": "~jdoe", "name": "jdoe"}'
    times = f'"created": "{SECONDS}", "updated": "{SECONDS}"'
    assert event(Sender.PYTHON, commented, settled, level=level) == (
        f'{{"id": 9, "created": "{SECONDS}", "event_type": ["comment", "status_change"], '
        '"old_status": null, "old_resolution": null, "new_status": "resolved", "new_resolution": "invalid", '
        f'"user": {user}, "ticket": {{"id": 3, "ref": "~jdoe/widgets#3", '
        f'"tracker": {{"id": 41, "owner": {owner}, {times}, "name": "widgets"}}, "title": "<t> \\u00fc"}}, '
        f'"comment": {{"id": 9, "created": "{SECONDS}", "submitter": {user}, "text": "\\u00fc"}}, '
        '"label": null, "by_user": null, "from_ticket": null}'
    )


def test_a_label_is_told_by_the_rest_api_alone() -> None:
    added = change("LabelUpdate", "LABEL_ADDED", labeler=JDOE, label={"name": "ui"})
    told = [json.loads(event(sender, added)) for sender in (Sender.PYTHON, Sender.GO)]
    assert [payload["label"] for payload in told] == ["ui", None]
    assert [payload["event_type"] for payload in told] == [["label_added"]] * 2


def test_a_long_comment_ends_a_payload_early() -> None:
    commented = change("Comment", "COMMENT", author=JDOE, text="\U0001f41b" * 16384)
    assert [len(event(sender, commented)) > 65536 for sender in Sender] == [False, False]
    assert len(event(Sender.PYTHON, commented)) == 65536
    assert event(Sender.GO, commented).endswith('"from_ticket":null}')


def test_nothing_was_ever_told_of_a_changed_ticket() -> None:
    assert [sent("ticket", "TicketEvent", "TICKET_UPDATE", sender) for sender in Sender] == [None, None]
