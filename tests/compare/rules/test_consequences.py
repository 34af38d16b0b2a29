"""Rules about what a deviation brings about later, and about values that stand elsewhere in the same answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shim.compare.cassettes.exchange import Caller, Exchange, Request
from shim.compare.judging.difference import compare
from shim.compare.rules.deviations import Deviations, DeviationsError
from shim.compare.rules.endpoint import NOBODYS
from shim.compare.rules.situation import Situation
from shim.recordings.answer import Answer
from shim.recordings.symbols import Names
from tests.compare.rules.test_deviations import AROUND, JSON, exchange, judged, rules, unasked

FEWER = {"instead": {"fewer": {"at": "results", "where": {"kind": "hidden"}}}}


def page(*kinds: str, total: int | None = None, following: str | None = None) -> dict[str, Any]:
    results = [{"id": i, "kind": kind} for i, kind in enumerate(kinds)]
    return {"next": following, "results": results, "total": len(kinds) if total is None else total}


def without(recorded: dict[str, Any], *places: int, **changes: Any) -> dict[str, Any]:
    kept = [row for i, row in enumerate(recorded["results"]) if i not in places]
    return {**recorded, "results": kept, "total": recorded["total"] - len(places), **changes}


def test_a_rule_applies_once_another_has(tmp_path: Path) -> None:
    given = rules(
        tmp_path,
        {"id": "first", "endpoints": ["POST /api/x"], "instead": {"status": 501}},
        {"id": "then", "endpoints": ["GET /api/x"], "after": ["first"], "instead": {"status": 404}},
    )
    later = Situation("git", "2024", Caller("ann", "active"), happened={"first"})
    assert list(given.declared(exchange({}, "/api/x"), AROUND, unasked)) == []
    (found,) = given.declared(exchange({}, "/api/x"), later, unasked)
    assert found.expected.status == 404


def test_after_names_a_rule(tmp_path: Path) -> None:
    with pytest.raises(DeviationsError, match="there is no rule other"):
        rules(tmp_path, {"after": ["other"], "instead": {"status": 404}})


@pytest.mark.parametrize("places", [(), (1,), (1, 3)])
def test_some_items_may_be_missing(tmp_path: Path, places: tuple[int, ...]) -> None:
    recorded = page("shown", "hidden", "shown", "hidden")
    answered = without(recorded, *places)
    if places:
        assert judged(rules(tmp_path, FEWER), recorded, answered) is None


@pytest.mark.parametrize(
    "answered",
    [
        without(page("shown", "hidden", "shown"), 0),
        without(page("shown", "hidden", "shown"), 1, total=3),
        without(page("shown", "hidden", "shown"), 1, total=0),
        {**page("shown", "hidden", "shown"), "results": [{"id": 0, "kind": "shown"}, {"id": 9, "kind": "shown"}]},
    ],
)
def test_others_and_wrong_totals_are_still_found(tmp_path: Path, answered: dict[str, Any]) -> None:
    assert judged(rules(tmp_path, FEWER), page("shown", "hidden", "shown"), answered) is not None


def test_what_is_missing_on_a_page_is_made_up_for_from_the_next(tmp_path: Path) -> None:
    recorded = page("shown", "hidden", total=9, following="7")
    answered = {"next": "6", "results": [{"id": 0, "kind": "shown"}, {"id": 7, "kind": "shown"}], "total": 8}
    assert judged(rules(tmp_path, FEWER), recorded, answered) is None
    assert judged(rules(tmp_path, FEWER), recorded, {**answered, "total": 9}) is not None


@pytest.mark.parametrize(("comment", "fits"), [(7, True), (3, False), ("7", False)])
def test_a_value_is_the_one_around_it(tmp_path: Path, comment: Any, fits: bool) -> None:
    given = rules(tmp_path, {"instead": {"change": [{"at": "results[*].comment.id", "copy": "..id"}]}})
    recorded = {"results": [{"id": 7, "comment": {"id": 3}}]}
    assert (judged(given, recorded, {"results": [{"id": 7, "comment": {"id": comment}}]}) is None) is fits


def test_a_copy_is_told_from_a_name(tmp_path: Path) -> None:
    with pytest.raises(DeviationsError, match="no name behind dots"):
        rules(tmp_path, {"instead": {"change": [{"at": "a", "copy": "a b"}]}})


@pytest.mark.parametrize(
    ("owner", "fits"), [({"name": "bob"}, True), ({"name": ""}, False), (None, False), ("bob", False)]
)
def test_another_object_has_a_shape(tmp_path: Path, owner: Any, fits: bool) -> None:
    given = rules(tmp_path, {"instead": {"change": [{"at": "owner", "shape": {"name": {"matches": "."}}}]}})
    assert (judged(given, {"owner": {"name": "ann"}}, {"owner": owner}) is None) is fits


def test_the_caller_may_be_spoken_of(tmp_path: Path) -> None:
    given = rules(tmp_path, {"instead": {"change": [{"at": "by", "pattern": "~{caller}"}]}})
    assert judged(given, {"by": "~owner"}, {"by": "~ann"}) is None
    assert judged(given, {"by": "~owner"}, {"by": "~bob"}) is not None


def test_a_pattern_leaves_null_alone(tmp_path: Path) -> None:
    given = rules(tmp_path, {"instead": {"change": [{"at": "next", "pattern": r"\d+"}]}})
    assert list(given.declared(exchange({"next": None}), AROUND, unasked)) == []


def renamed(tmp_path: Path) -> Deviations:
    change = {"at": "id", "renamed": {"kind": "ticket", "query": "start"}}
    return rules(tmp_path, {"endpoints": ["GET /api/tickets/<ticket>"], "instead": {"change": [change]}})


@pytest.mark.parametrize(("asked", "sent"), [("135", "137"), ("4", "4"), ("137", NOBODYS)])
def test_a_number_that_is_anothers_now_is_nobodys(tmp_path: Path, asked: str, sent: str) -> None:
    names = Names(renamed={"ticket": {"135": "137"}})
    request = Request("GET", f"http://git.example.org/api/tickets/{asked}")
    assert renamed(tmp_path).rewrite(request, "git", "2024", "sealed", names).parts.path == f"/api/tickets/{sent}"


def test_a_renamed_value_can_be_copied(tmp_path: Path) -> None:
    given = rules(
        tmp_path,
        {"instead": {"change": [{"at": "events[*].id", "renamed": "event"}]}},
        {"instead": {"change": [{"at": "events[*].comment.id", "copy": "..id"}]}},
    )
    recorded = Exchange(
        0,
        Request("GET", "http://git.example.org/x"),
        Answer(200, JSON, b'{"events": [{"id": 5, "comment": {"id": 1}}]}'),
    )
    (found,) = given.declared(recorded, AROUND, unasked)
    for answered, fits in ((8, True), (9, False)):
        body = json.dumps({"events": [{"id": 8, "comment": {"id": answered}}]}).encode()
        assert (compare(found.expected, Answer(200, JSON, body), Names()) is None) is fits
