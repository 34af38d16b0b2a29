"""Subscribing and unsubscribing, over which the old service crashed (lists rows 43 to 46)."""

from __future__ import annotations

import pytest

from tests.kit import Asker
from tests.services.lists.kit import Archive, operations

ALL = "/api/subscriptions"
MISC = {"list": "~alice/misc"}
ALREADY = {"errors": [{"field": "list", "reason": "You are already subscribed to this list."}]}
MISSING = {"errors": [{"reason": "404 not found"}]}


def test_subscribing_and_unsubscribing_twice(lists: Asker) -> None:
    made = lists.open("POST", ALL, "bob", json=MISC)
    assert made.status_code == 201
    assert made.json["list"] == {"id": 4, "name": "misc", "owner": {"canonical_name": "~alice", "name": "alice"}}
    one = f"{ALL}/{made.json['id']}"
    assert lists.get(one, "bob") == made.json
    again = lists.open("POST", ALL, "bob", json=MISC)
    assert (again.status_code, again.json) == (400, ALREADY)
    assert "Subscribe" not in operations(again)
    gone = lists.open("DELETE", one, "bob")
    assert (gone.status_code, gone.data, gone.content_type) == (204, b"", "application/json")
    twice = lists.open("DELETE", one, "bob")
    assert (twice.status_code, twice.json) == (404, MISSING)
    assert lists.open("POST", ALL, "bob", json=MISC).status_code == 201


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("~jdoe/secret-lab", 404),
        ("~jdoe/team-private", 404),
        ("~alice/vault", 404),
        ("~jdoe/drop-box", 403),
        ("~alice/nope", 404),
        ("alice/misc", 404),
        ("alice@example.org/misc", 404),
        ("misc", 400),
        ("~alice/misc/x", 400),
        (["~a/b"], 400),
        ({"/": 1}, 400),
        (5, 400),
    ],
)
def test_what_nobody_subscribes_to(lists: Asker, archive: Archive, name: object, status: int) -> None:
    """A subscription to a private list with open access would be made, and hide all of its user's (lists 7.2)."""
    before = [(row.id, row.list_id) for row in archive.store.subscriptions]
    refused = lists.open("POST", ALL, "bob", json={"list": name})
    assert refused.status_code == status
    assert "Subscribe" not in operations(refused)
    assert [(row.id, row.list_id) for row in archive.store.subscriptions] == before


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_of_others_nothing_is_told(lists: Asker, method: str) -> None:
    refused = lists.open(method, f"{ALL}/7", "bob")
    assert (refused.status_code, refused.json) == (404, MISSING)
    assert lists.get(f"{ALL}/7", "alice")["id"] == 7


def test_a_hidden_list_leaves_the_own_ones(lists: Asker) -> None:
    answer = lists.open("GET", ALL, "root")
    assert [row["id"] for row in answer.json["results"]] == [22]
    assert answer.headers["X-Shim-Incomplete"] == "1"


def test_a_bad_token_is_told_before_a_bad_body(lists: Asker) -> None:
    refused = lists.open("POST", ALL, "", json={}, headers={"Authorization": "token nope"})
    assert refused.json == {"errors": [{"reason": "Invalid or expired OAuth token"}]}
