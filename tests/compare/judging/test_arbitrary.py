from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.compare.judging.arbitrary import same_methods
from tests.compare.judging.test_difference import where


@given(st.permutations(["GET", "HEAD", "OPTIONS", "PUT"]))
def test_methods_are_a_set(methods: list[str]) -> None:
    assert same_methods("GET, HEAD, OPTIONS, PUT", ", ".join(methods))
    assert not same_methods("GET, HEAD, OPTIONS, PUT", ", ".join(methods[1:]))


@given(st.permutations(["a", "b", "c"]))
def test_events_of_a_subscription_are_a_set(events: list[str]) -> None:
    recorded = json.dumps({"results": [{"events": ["a", "b", "c"], "url": "u"}]})
    assert where(recorded, json.dumps({"results": [{"events": events, "url": "u"}]})) is None
    twice = json.dumps({"results": [{"events": [*events[1:], events[1]], "url": "u"}]})
    assert where(recorded, twice) is not None


def test_other_lists_are_in_order() -> None:
    assert where('{"events": ["a", "b"]}', '{"events": ["b", "a"]}') == "body $.events[0]"
    assert where('{"tags": ["a", "b"], "url": 1}', '{"tags": ["b", "a"], "url": 1}') == "body $.tags[0]"


@pytest.mark.parametrize(("event", "place"), [("repo:post-update", None), ("repo:update", "body $.payload_headers")])
def test_header_lines_of_a_push_stand_in_any_order(event: str, place: str | None) -> None:
    recorded = {"event": event, "payload_headers": "A: 1\nB: {nonce}\n"}
    answered = {"event": event, "payload_headers": "B: 0011223344556677\nA: 1\n"}
    assert where(json.dumps(recorded), json.dumps(answered)) == place


def test_header_lines_of_a_push_are_compared() -> None:
    recorded = {"event": "repo:post-update", "payload_headers": "A: 1\nB: 2\n"}
    answered = {"event": "repo:post-update", "payload_headers": "B: 2\nA: 3\n"}
    assert where(json.dumps(recorded), json.dumps(answered)) == "body $.payload_headers"


def events(*labels: str, kind: str = "label_added") -> str:
    rows = [{"id": i, "created": "now", "event_type": [kind], "label": label} for i, label in enumerate(labels)]
    return json.dumps({"ticket": 1, "events": rows})


@given(st.permutations(["a", "b", "c"]))
def test_of_labels_changed_at_once_any_may_come_first(labels: list[str]) -> None:
    assert where(events("a", "b", "c"), events(*labels)) is None
    assert where(events("a", "b", "c"), events(*labels[1:], labels[1])) is not None


def test_labels_added_and_removed_are_not_mixed_up() -> None:
    recorded = json.loads(events("a", "b"))
    recorded["events"][0]["event_type"] = ["label_removed"]
    answered = json.loads(json.dumps(recorded))
    answered["events"][0]["label"], answered["events"][1]["label"] = "b", "a"
    assert where(json.dumps(recorded), json.dumps(answered)) == "body $.events[0].label"
