"""The explanation of a call: what was sent, and nothing that could serve anybody else."""

from __future__ import annotations

import io
import json
from datetime import datetime, timezone
from types import SimpleNamespace

import pytest
from gql import FileVar

from shim import crypto
from shim.guide.examples import CURSOR
from shim.guide.explain import MADE, NEEDED, explain
from shim.upstream import Sealed
from tests.conftest import NETWORK_KEY
from tests.guide.kit import ORIGIN, SERVICES, endpoint

GIT, TODO = SERVICES["git"], SERVICES["todo"]
REFS = endpoint("git", "GET /api/repos/<r>/refs")
LINE = "GET /api/repos/weather/refs"


def explained(sent, line=LINE, **more):
    return explain(GIT, REFS, line, 200, sent, ORIGIN, **more)


def test_a_call_is_told_with_all_that_was_sent():
    operation = GIT.operations.of("ReferencesWithObjects", "2024").mine
    told = explained([(operation, {"u": None, "r": "weather", "cursor": None})])
    (call,) = told["calls"]
    assert (told["service"], told["request"], told["status"]) == ("git", LINE, 200)
    assert told["endpoint"]["slug"] == "get-repos-r-refs"
    assert told["grants"] == ["git.sr.ht/PROFILE:RO", "git.sr.ht/REPOSITORIES:RO", "git.sr.ht/OBJECTS:RO"]
    assert told["migrate"] == f"{ORIGIN}/migrate/git/get-repos-r-refs"
    assert (call["service"], call["operation"], call["kind"]) == ("git", "ReferencesWithObjects", "query")
    assert call["variables"] == {"r": "weather", "cursor": None}
    assert (call["document"], call["notes"]) == (operation.text, {})
    body = json.loads(call["curl"].partition("\n")[2].removesuffix("EOF\n"))
    assert body == {"query": operation.text, "variables": call["variables"]}
    assert call["hut"].startswith("hut graphql git --stdin -v r=weather <<'EOF'\n")


def test_no_cursor_is_told_whoever_made_it():
    made = Sealed(NETWORK_KEY).make(100_000)
    assert crypto.unseal(NETWORK_KEY, made)
    events, sources = (TODO.operations.of(name, "2024") for name in ("Events", "Sources"))
    three = sources.repeated(owner0=3)
    sent = [
        (events, {"u": "jdoe", "t": "bugs", "n": 1, "cursor": made, "counter": made, "listed": True}),
        (three, {"u": "jdoe", "t": "bugs", "n": 1, "owner0": made, "owner1": made, "owner2": "theirs"}),
    ]
    told = explain(TODO, endpoint("todo", "get-trackers-t-tickets-n-events"), "GET /x", 200, sent, ORIGIN)
    assert made not in json.dumps(told)
    assert "theirs" not in json.dumps(told)
    first, second = told["calls"]
    assert first["variables"]["cursor"] is None
    assert first["notes"] == {"cursor": MADE, "counter": MADE}
    assert [second["variables"][f"owner{i}"] for i in range(3)] == [CURSOR] * 3
    assert set(second["notes"].values()) == {NEEDED}


def test_a_file_is_told_by_its_name():
    upload = GIT.operations.of("UploadArtifact", "2024")
    file = FileVar(io.BytesIO(b"content"), filename="weather.tar.gz")
    told = explained([(upload, {"id": 3, "revspec": "v1", "file": file})])
    (call,) = json.loads(json.dumps(told))["calls"]
    assert call["variables"] == {"id": 3, "revspec": "v1", "file": None}
    assert """-F '0=@"weather.tar.gz"'""" in call["curl"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"{LINE}?start=40", f"{LINE}?start=40"),
        (f"{LINE}?access_token=secret&start=4", f"{LINE}?start=4"),
        (f"{LINE}?secret", LINE),
        (f"{LINE}?rev=a%26b&secret", f"{LINE}?rev=a%26b"),
        (f"{LINE}?start=4 HTTP/1.1", f"{LINE}?start=4"),
    ],
)
def test_of_the_query_only_what_an_endpoint_reads_is_told(line, shown):
    assert explained([], line)["request"] == shown


def test_deadlines_are_told_where_they_are_known():
    when = datetime(2026, 1, 10, 12, tzinfo=timezone.utc)
    lifecycle = SimpleNamespace(deprecated=when, sunset=None, removal=datetime.max.replace(tzinfo=timezone.utc))
    assert explained([], deadlines=lifecycle)["deadlines"] == {
        "deprecated": "2026-01-10T12:00:00+00:00",
        "sunset": None,
        "removal": None,
    }
    assert explained([])["deadlines"] == {"deprecated": None, "sunset": None, "removal": None}


def test_nothing_was_sent():
    told = explain(GIT, endpoint("git", "GET /api/version"), "GET /api/version", 200, [], ORIGIN)
    assert (told["calls"], told["grants"]) == ([], [])


@pytest.mark.parametrize("value", ["it's\nEOF\n$TOKEN", "\x00\ud800", "€"])
def test_any_value_can_be_told(value):
    raw = GIT.operations.of("Repository", "2024")
    told = explained([(raw, {"u": "jdoe", "r": value})])
    assert json.loads(json.dumps(told))["calls"][0]["variables"]["r"] == value
    body = json.loads(told["calls"][0]["curl"].partition("\n")[2].removesuffix("EOF\n"))
    assert body["variables"]["r"] == value
    assert "\0" not in told["calls"][0]["hut"]
