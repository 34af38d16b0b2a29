"""Witnesses: what must be answered elsewhere for a rule, or for one item of a list, to apply."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shim.compare.cassettes.exchange import Caller, Request
from shim.compare.judging.difference import compare
from shim.compare.rules.deviations import DeviationsError
from shim.recordings.answer import Answer
from shim.recordings.symbols import Names
from tests.compare.rules.test_deviations import AROUND, JSON, exchange, rules

LISTED = {"path": "/api/names", "status": 200, "body": {"not": {"matches": '"<name>"'}}}


@pytest.mark.parametrize(("names", "count"), [(["b", "axb"], 1), (["b", "a.b"], 0)])
def test_a_condition_on_a_witness_may_speak_of_the_path(tmp_path: Path, names: list[str], count: int) -> None:
    given = rules(tmp_path, {"endpoints": ["GET /api/<name>"], "witness": LISTED, "instead": {"status": 404}})

    def ask(request: Request) -> Answer:
        return Answer(200, JSON, json.dumps(names).encode())

    assert len(list(given.declared(exchange({}, "/api/a.b"), AROUND, ask))) == count


def test_what_stands_in_no_path_is_a_pattern_as_written(tmp_path: Path) -> None:
    seen = {"path": "/api/names", "status": 200, "body": {"matches": r"(?P<letter>[a-z])(?P=letter)"}}
    given = rules(tmp_path, {"endpoints": ["GET /api/<name>"], "witness": seen, "instead": {"status": 404}})
    for body, count in ((b"aa", 1), (b"ab", 0)):
        answer = Answer(200, {}, body)
        assert len(list(given.declared(exchange({}, "/api/x"), AROUND, lambda _, given=answer: given))) == count


def test_a_condition_is_read_with_the_rule(tmp_path: Path) -> None:
    with pytest.raises(DeviationsError, match="witness: body: unknown key 'like'"):
        rules(tmp_path, {"witness": {**LISTED, "body": {"like": "a"}}, "instead": {"status": 404}})


FEWER = {"at": "results", "where": {"kind": "private"}, "witness": {"path": "/api/<name>", "status": 404}}
UNLISTED = {"at": "results", "where": {"kind": "unlisted"}}


def page(**kinds: str) -> dict[str, Any]:
    return {"next": None, "results": [{"name": n, "kind": k} for n, k in kinds.items()], "total": len(kinds)}


@pytest.mark.parametrize(
    ("left", "fits"),
    [
        ({"c": "public"}, True),
        ({"b": "unlisted", "c": "public"}, True),
        ({"c": "public", "d": "private"}, True),
        ({"a": "private"}, False),
        ({"b": "unlisted"}, False),
    ],
)
def test_each_missing_item_needs_its_witness_and_rules_add_up(tmp_path: Path, left: dict[str, str], fits: bool) -> None:
    given = rules(tmp_path, {"instead": {"fewer": FEWER}}, {"instead": {"fewer": UNLISTED}})
    recorded = page(a="private", b="unlisted", c="public", d="private")
    missing = {"/api/a", "/api/d"}

    def ask(request: Request) -> Answer:
        return Answer(404 if request.parts.path in missing else 200, {}, b"")

    (found,) = given.declared(exchange(recorded), AROUND, ask)
    assert [rule.id for rule in found.rules] == ["r0", "r1"]
    answer = Answer(200, JSON, json.dumps(page(**left)).encode())
    assert (compare(found.expected, answer, Names()) is None) is fits


def test_an_item_without_its_witness_must_be_there(tmp_path: Path) -> None:
    given = rules(tmp_path, {"instead": {"fewer": FEWER}})
    assert list(given.declared(exchange(page(a="private")), AROUND, lambda request: Answer(200, {}, b""))) == []


@pytest.mark.parametrize(("owner", "count"), [("ann", 0), ("sue", 1)])
def test_a_witness_may_be_asked_with_the_callers_own_token(tmp_path: Path, owner: str, count: int) -> None:
    """So that what is another user's is told from what another token of the same user made."""
    hidden = {"path": "/api/<hook>", "status": 404, "authorization": "token {user}"}
    given = rules(tmp_path, {"endpoints": ["GET /api/<hook>"], "witness": hidden, "instead": {"status": 404}})

    def ask(request: Request) -> Answer:
        assert request.header("X-Srht-Authorization") is None
        return Answer(200 if request.header("Authorization") == f"token {{{owner}}}" else 404, {}, b"")

    recorded = exchange({}, "/api/58")
    asked = recorded.request.with_header("X-Srht-Authorization", "{ann}").with_header(
        "Authorization", "token {ann/read}"
    )
    around = replace(AROUND, caller=Caller("ann", "active"))
    assert len(list(given.declared(replace(recorded, request=asked), around, ask))) == count


def test_symbols_stay_symbols_in_the_path_of_a_witness(tmp_path: Path) -> None:
    spec = {"path": "/api/<uuid>/x", "status": 404}
    given = rules(tmp_path, {"endpoints": ["POST /api/<uuid>"], "witness": spec, "instead": {"status": 404}})
    asked: list[str] = []

    def ask(request: Request) -> Answer:
        asked.append(request.target)
        return Answer(404, {}, b"")

    assert len(list(given.declared(exchange({}, "/api/{uuid:1}", "POST"), AROUND, ask))) == 1
    assert asked == ["/api/{uuid:1}/x"]
