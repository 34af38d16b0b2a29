"""Dumps of trackers, and filling trackers from them."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shim.sandbox.engine import gojson

from ...conftest import Client
from . import kit

IMPORT = """
mutation ($name: String!, $file: Upload) {
  createTracker(name: $name, visibility: PUBLIC, importUpload: $file) { id }
}
"""
FILL = "mutation ($id: Int!, $file: Upload!) { importTrackerDump(trackerId: $id, dump: $file) }"
GRANT = """
mutation ($id: Int!, $input: ACLInput!) { updateTrackerACL(trackerId: $id, input: $input) { browse } }
"""
CONTENT = """
query ($name: String!) {
  me {
    tracker(name: $name) {
      labels { results { created name foregroundColor backgroundColor } }
      tickets {
        results {
          id created updated subject body status resolution authenticity
          submitter { ...who } labels { name } assignees { ...who }
          events {
            results {
              created
              changes {
                eventType
                ... on Created { author { ...who } }
                ... on Comment { author { ...who } text authenticity }
                ... on StatusChange { editor { ...who } oldStatus newStatus oldResolution newResolution }
                ... on LabelUpdate { labeler { ...who } label { name } }
                ... on Assignment { assigner { ...who } assignee { ...who } }
              }
            }
          }
        }
      }
    }
  }
}
fragment who on Entity { __typename canonicalName ... on ExternalUser { externalUrl } }
"""


def _dump(client: Client, tracker: int, user: str = "jdoe") -> dict[str, Any]:
    answer = client.open(f"/query/tracker/{tracker}.json.gz", headers=client.bearer(user))
    assert answer.content_type == "application/gzip"
    return json.loads(gzip.decompress(answer.get_data()))  # type: ignore[no-any-return]


def _import(client: Client, dump: Any, name: str = "copy") -> Any:
    """What is in a new tracker that is filled from a dump."""
    answer = kit.upload(client, IMPORT, gzip.compress(json.dumps(dump).encode()), name=name)
    assert "errors" not in answer
    return _content(client, name)


def _content(client: Client, name: str) -> Any:
    return client.data(CONTENT, name=name)["me"]["tracker"]


def _filled(client: Client) -> int:
    """A new tracker with a ticket and a comment; its id."""
    tracker = kit.tracker(client)
    kit.comment(client, tracker, kit.ticket(client, tracker, "body"), "text", user="bob")
    return tracker


def _verify(client: Client, value: dict[str, Any], signature: str, nonce: str) -> None:
    seed = base64.b64decode(client.sandbox.instance.private_key)
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    key.verify(base64.b64decode(signature), gojson.encode(value) + nonce.encode())


def test_what_users_wrote_is_signed(todo: Client) -> None:
    dump = _dump(todo, _filled(todo))
    (ticket,) = dump["tickets"]
    comment = ticket["events"][-1]
    common = {"tracker_id": dump["id"], "ticket_id": ticket["id"]}
    upstream = todo.sandbox.instance.get("todo.sr.ht", "origin")
    claims = (
        (ticket, {"subject": "s", "body": "body", "submitter_id": 1, "upstream": upstream}),
        (comment, {"comment": "text", "author_id": 3, "upstream": upstream}),
    )
    for row, claim in claims:
        _verify(todo, {**common, **claim}, row["X-Payload-Signature"], row["X-Payload-Nonce"])


def test_statuses_are_spelt_small_in_2026(todo: Client, todo2026: Client) -> None:
    spelt = [_dump(client, _filled(client))["tickets"][0]["status"] for client in (todo, todo2026)]
    assert spelt == ["REPORTED", "reported"]


def test_who_may_not_browse_gets_only_tickets_of_their_own(todo: Client) -> None:
    tracker = kit.tracker(todo)
    kit.ticket(todo, tracker)
    own = kit.ticket(todo, tracker, user="bob")
    rights = {"browse": False, "submit": True, "comment": False, "edit": False, "triage": False}
    todo.data(GRANT, id=tracker, input=rights)
    assert [ticket["id"] for ticket in _dump(todo, tracker, "bob")["tickets"]] == [own]
    todo.data(GRANT, id=tracker, input={**rights, "submit": False})
    answer = todo.open(f"/query/tracker/{tracker}.json.gz", headers=todo.bearer("bob"))
    assert (answer.status_code, answer.get_data()) == (500, b"")


@pytest.mark.parametrize(
    ("method", "tracker", "status", "headers", "body"),
    [
        ("HEAD", "1", 405, {"Allow": "GET"}, b""),
        ("POST", "1", 405, {"Allow": "GET"}, b""),
        ("GET", "x", 400, {"Content-Type": "text/plain; charset=utf-8"}, b"Invalid tracker ID\r\n"),
        ("GET", "99999", 500, {"Content-Type": "application/gzip"}, b""),
    ],
)
def test_what_is_not_dumped(
    todo: Client, method: str, tracker: str, status: int, headers: dict[str, str], body: bytes
) -> None:
    answer = todo.open(f"/query/tracker/{tracker}.json.gz", method, headers=todo.bearer("jdoe"))
    assert (answer.status_code, answer.get_data()) == (status, body)
    assert headers.items() <= dict(answer.headers).items()


def test_a_dump_makes_the_tracker_that_the_recorders_import_made(todo: Client) -> None:
    names = {tracker.name: tracker.id for tracker in todo.store.trackers}
    assert _import(todo, _dump(todo, names["gears"])) == _content(todo, "imported")


def _tampered(dump: dict[str, Any]) -> None:
    dump["tickets"][0]["subject"] = "other"
    dump["tickets"][0]["events"][-1]["comment"]["text"] = "other"


def _unsigned(dump: dict[str, Any]) -> None:
    for row in (dump["tickets"][0], dump["tickets"][0]["events"][-1]):
        del row["X-Payload-Signature"], row["X-Payload-Nonce"]


def _foreign(dump: dict[str, Any]) -> None:
    for row in (dump["tickets"][0], *dump["tickets"][0]["events"]):
        row["upstream"] = "https://todo.example.org"


def _untouched(dump: dict[str, Any]) -> None:
    """Nothing is done to the dump."""


@pytest.mark.parametrize(
    ("change", "authenticity", "author"),
    [
        (_untouched, "AUTHENTIC", {"__typename": "User", "canonicalName": "~bob"}),
        (_tampered, "TAMPERED", {"__typename": "User", "canonicalName": "~bob"}),
        (_unsigned, "TAMPERED", {"__typename": "User", "canonicalName": "~bob"}),
        (
            _foreign,
            "UNAUTHENTICATED",
            {
                "__typename": "ExternalUser",
                "canonicalName": "~bob",
                "externalUrl": "https://todo.example.org/~bob",
            },
        ),
    ],
)
def test_authenticity(
    todo: Client, change: Callable[[dict[str, Any]], None], authenticity: str, author: dict[str, str]
) -> None:
    dump = _dump(todo, _filled(todo))
    change(dump)
    (ticket,) = _import(todo, dump)["tickets"]["results"]
    (comment,) = ticket["events"]["results"][0]["changes"]
    assert (ticket["authenticity"], comment["authenticity"]) == (authenticity, authenticity)
    assert comment["author"] == author


def test_an_imported_tracker_goes_on_numbering(todo: Client) -> None:
    source = _filled(todo)
    kit.ticket(todo, source)
    target = kit.tracker(todo, "copy")
    dump = gzip.compress(json.dumps(_dump(todo, source)).encode())
    assert kit.upload(todo, FILL, dump, id=target) == {"data": {"importTrackerDump": True}}
    assert kit.ticket(todo, target) == 3
    before = _content(todo, "copy")
    assert kit.upload(todo, FILL, dump, id=target) == {"data": {"importTrackerDump": True}}
    assert _content(todo, "copy") == before


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"id": 1, "tickets": [{}]}', '{"id": 1, "labels": 5}'])
def test_nobody_hears_of_a_dump_that_is_none(todo: Client, text: str) -> None:
    empty: dict[str, Any] = {"labels": {"results": []}, "tickets": {"results": []}}
    answer = kit.upload(todo, IMPORT, gzip.compress(text.encode()), name="copy")
    assert "errors" not in answer
    assert _content(todo, "copy") == empty


def test_a_dump_that_is_not_zipped(todo: Client) -> None:
    answer = kit.upload(todo, IMPORT, b"{}", name="copy")
    assert [error["message"] for error in answer["errors"]] == ["gzip: invalid header"]


def test_only_owners_fill_a_tracker(todo: Client) -> None:
    tracker = kit.tracker(todo)
    answer = kit.upload(todo, FILL, gzip.compress(b"{}"), user="bob", id=tracker)
    (error,) = answer["errors"]
    assert error["message"] == f"No tracker by ID {tracker} found for this user"
