"""Witnesses: what must be answered elsewhere for a rule, or for one item of a list, to apply."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shim.compare.cassettes.exchange import Request
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
