"""Submitting a job (builds E2): it is sent once, and whoever can't know what became of it is told to look."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from shim.services.builds.submit import LOST
from tests.kit import Asker
from tests.services.builds.kit import MANIFEST, SUBMITTED, failed
from tests.upstream.test_session import drop

TOLD = {"errors": [{"reason": LOST.format(service="builds")}]}
SUBMISSION = {"manifest": MANIFEST}
GARBAGE = (200, "application/json", "[]")
BARE = (200, "application/json", '{"data": {"submit": {"id": "no number"}}}')
UNKNOWN = [
    drop,
    (500, "text/html", "<h1>x</h1>"),
    (502, "text/html", "<h1>x</h1>"),
    (504, "text/html", "<h1>x</h1>"),
    GARBAGE,
    BARE,
    failed("submit", "context deadline exceeded"),
    failed("submit", "internal system error"),
    failed("submit", "pq: sorry, too many clients already", "tasks"),
    {"data": {"submit": None}},
]


@pytest.mark.parametrize("step", UNKNOWN, ids=range(len(UNKNOWN)))
def test_what_may_have_been_taken_is_told_and_not_sent_again(script: Any, builds: Any, play: Any, step: Any) -> None:
    play(step, {"data": {"submit": SUBMITTED}})
    answer = builds.open("POST", "/api/jobs", "alice", json=SUBMISSION)
    assert (answer.status_code, answer.json) == (502, TOLD)
    assert "list of jobs" in answer.text
    assert len(script.requests) == 1


def test_what_was_never_sent_may_be_sent_again(builds: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(self: Any, address: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    answer = builds.open("POST", "/api/jobs", "alice", json=SUBMISSION)
    assert (answer.status_code, answer.json["errors"][0]["reason"]) == (502, "builds.sr.ht is not reachable")


def test_nothing_is_sent_where_the_callers_name_is_not_known(script: Any, play: Any) -> None:
    play((502, "text/html", "down"))
    builds = Asker("builds", script.origin, {("shim", "legacy-tokens"): "yes"})
    answer = builds.open("POST", "/api/jobs", json=SUBMISSION, headers={"Authorization": f"token {'0' * 32}"})
    assert answer.json["errors"][0]["reason"] == "builds.sr.ht is not reachable"
    assert [asked["operationName"] for asked in script.asked] == ["Me"]


@pytest.mark.parametrize(
    ("message", "code", "status"),
    [
        ("Access denied, missing SECRETS:RO grant", "", 403),
        ("Invalid or expired OAuth 2.0 bearer token", "ERR_UNAUTHORIZED", 400),
        ("cannot submit build with requested OAuth permissions", "", 400),
    ],
)
def test_what_was_refused_is_not_called_lost(builds: Any, play: Any, message: str, code: str, status: int) -> None:
    play(failed("submit", message, code=code))
    answer = builds.open("POST", "/api/jobs", "alice", json={**SUBMISSION, "secrets": True})
    assert answer.status_code == status
    assert answer.json != TOLD


@pytest.mark.parametrize(
    ("sent", "status", "reason"),
    [
        (
            {"tags": ["a b"]},
            400,
            "Invalid tag name, tags must use lowercase alphanumeric characters, underscores, dashes, or dots",
        ),
        ({"manifest": "x" * 16384}, 400, "Manifest must be less than 16384 bytes"),
        ({"manifest": "é" * 16384}, 400, "Manifest must be less than 16384 bytes"),
        ({"manifest": "x" * 16384, "tags": [1]}, 400, "Manifest must be less than 16384 bytes"),
        ({"secrets": None}, 400, "secrets may not be null"),
        ({"note": None}, 400, "note may not be null"),
    ],
)
def test_fields_are_checked_before_anything_is_asked(
    script: Any, builds: Any, sent: dict[str, Any], status: int, reason: str
) -> None:
    answer = builds.open("POST", "/api/jobs", "alice", json={**SUBMISSION, **sent})
    assert (answer.status_code, answer.json["errors"][0]["reason"]) == (status, reason)
    assert len(answer.json["errors"]) == 1
    assert script.requests == []


@pytest.mark.parametrize("tag", ["A.b-c_1", "ends\n", "x" * 500])
def test_tags_that_were_taken_are(script: Any, builds: Any, play: Any, tag: str) -> None:
    play({"data": {"submit": {**SUBMITTED, "tags": [tag]}}})
    assert builds.open("POST", "/api/jobs", "alice", json={**SUBMISSION, "tags": [tag]}).json["tags"] == tag
    assert script.asked[0]["variables"]["tags"] == [tag]


def test_a_tag_that_is_no_text_crashes_as_it_did(script: Any, builds: Any) -> None:
    assert builds.open("POST", "/api/jobs", "alice", json={**SUBMISSION, "tags": [1]}).status_code == 500
    assert script.requests == []
