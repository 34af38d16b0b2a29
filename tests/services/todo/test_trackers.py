"""POST and PUT tracker: what is no text, as the API takes or refuses it (todo 2.4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit import Asker

LARGE = 99999999999


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"name": LARGE}, {"name": str(LARGE), "description": None}),
        ({"name": "x", "description": LARGE}, {"name": "x", "description": str(LARGE)}),
    ],
)
def test_a_number_is_a_text_however_large(todo: Asker, body: dict[str, Any], shown: dict[str, Any]) -> None:
    made = todo.open("POST", "/api/trackers", "jdoe", json={"visibility": "PUBLIC", **body})
    assert made.status_code == 201
    assert {name: made.json[name] for name in shown} == shown


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"name": "x", "visibility": LARGE}, f"{LARGE} is not a valid Visibility"),
        ({"name": [LARGE], "visibility": "PUBLIC"}, "cannot use slice as String"),
    ],
)
def test_a_large_number_elsewhere_is_refused_as_any_other(todo: Asker, body: dict[str, Any], reason: str) -> None:
    refused = todo.open("POST", "/api/trackers", "jdoe", json=body)
    assert (refused.status_code, refused.json["errors"]) == (400, [{"reason": reason}])


def test_a_nul_is_refused_as_by_the_database(todo: Asker) -> None:
    reason = 'pq: invalid byte sequence for encoding "UTF8": 0x00'
    sent = {"name": "x", "visibility": "PUBLIC", "description": "a\0b"}
    for method, path in (("POST", "/api/trackers"), ("PUT", "/api/trackers/widgets")):
        refused = todo.open(method, path, "jdoe", json=sent)
        assert (refused.status_code, refused.json["errors"]) == (400, [{"reason": reason}])


@pytest.mark.parametrize(
    ("user", "key", "operations"),
    [
        ("mira", None, ["CreateTracker"]),
        ("Internal mira", None, ["CreateTracker"]),
        ("Internal mira", "", ["Me", "CreateTracker"]),
    ],
)
def test_the_owner_of_a_new_tracker_is_asked_for_where_the_caller_does_not_tell(script, user, key, operations):
    times = dict.fromkeys(("created", "updated"), "2024-03-01T09:15:00Z")
    made = {"id": 1, **times, "name": "n", "description": None, "visibility": "PUBLIC"}
    rights = dict.fromkeys(("browse", "submit", "comment", "edit", "triage"), True)
    answers = {
        "Me": {"me": {"canonical_name": "~mira", "name": "mira"}},
        "CreateTracker": {"createTracker": {**made, "default_access": rights}},
    }
    script.steps = [lambda handler: script.play(handler, {"data": answers[script.asked[-1]["operationName"]]})]
    settings = {} if key is None else {("sr.ht", "network-key"): key}
    answer = Asker("todo", script.origin, settings).open(
        "POST", "/api/trackers", user, json={"name": "n", "visibility": "PUBLIC"}
    )
    assert (answer.status_code, answer.json["owner"]) == (201, {"canonical_name": "~mira", "name": "mira"})
    assert [asked["operationName"] for asked in script.asked] == operations
