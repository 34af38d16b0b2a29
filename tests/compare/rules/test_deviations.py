from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from shim.compare.cassettes.cassette import Cassette
from shim.compare.cassettes.exchange import Caller, Exchange, Request
from shim.compare.judging.difference import Difference, Expected, compare
from shim.compare.judging.jsontext import write
from shim.compare.replay import Replay
from shim.compare.reporting.result import Outcome
from shim.compare.rules import deviations
from shim.compare.rules.deviations import Declared, Deviations, DeviationsError, load
from shim.compare.rules.situation import Situation
from shim.compare.stand.credentials import Credentials
from shim.recordings.answer import Answer
from shim.recordings.symbols import Names
from tests.compare.kit import DATASET, KEYS, write_rules

JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html; charset=utf-8"}
FORBIDDEN = Answer(403, HTML, b"<h1>Forbidden</h1>")
NOT_FOUND = {"errors": [{"reason": "404 not found"}]}


def exchange(recorded: Any, target: str = "/api/repos/x", method: str = "GET", **sent: Any) -> Exchange:
    answer = recorded if isinstance(recorded, Answer) else Answer(200, JSON, json.dumps(recorded).encode())
    return Exchange(0, Request(method, f"http://git.example.org{target}", **sent), answer)


AROUND = Situation("git", "2024", Caller("ann", "active"))


@dataclass
class Fixed:
    """A target that always answers the same."""

    answer: Answer

    def send(self, request: Request) -> Answer:
        return self.answer

    def addressed(self, request: Request) -> tuple[Request, str]:
        return request, "http://git.example.org"


def unasked(request: Request) -> Answer:
    raise AssertionError(f"nothing is to be asked: {request}")


def declared(
    rules: Deviations,
    recorded: Exchange,
    *,
    service: str = "git",
    era: str = "2024",
    standing: str = "active",
    conditions: frozenset[str] = frozenset(),
    answer: Answer | None = None,
) -> Declared | None:
    around = Situation(service, era, Caller("ann", standing), conditions)
    asked: list[Request] = []

    def ask(request: Request) -> Answer:
        asked.append(request)
        assert answer is not None
        return answer

    return next(rules.declared(recorded, around, ask), None)


def rules(tmp_path: Path, *specs: dict[str, Any]) -> Deviations:
    return load(write_rules(tmp_path, *specs))


def judged(rules: Deviations, recorded: Any, answered: Any, **further: Any) -> Difference | None:
    """The difference between an answered JSON value and what the rules declare."""
    found = declared(rules, exchange(recorded), **further)
    assert found is not None
    return compare(found.expected, Answer(200, JSON, json.dumps(answered).encode()), Names())


def test_a_rule_answers_anew(tmp_path: Path) -> None:
    given = rules(
        tmp_path,
        {
            "endpoints": ["GET /api/<owner>/repos/<name>", "GET /api/repos/<name>"],
            "when": {"status": 403, "content_type": "text/html; charset=utf-8"},
            "instead": {"status": 404, "json": NOT_FOUND},
        },
    )
    found = declared(given, exchange(FORBIDDEN))
    assert found is not None
    assert [rule.id for rule in found.rules] == ["r0"]
    assert found.expected == Expected.recorded(Answer(404, JSON, json.dumps(NOT_FOUND).encode()))
    assert declared(given, exchange(FORBIDDEN, "/api/repos/x/refs")) is None
    assert declared(given, exchange(FORBIDDEN, method="DELETE")) is None
    assert declared(given, exchange(FORBIDDEN), service="hg") is None
    assert declared(given, exchange({})) is None


@pytest.mark.parametrize("revision", ["y", "refs/tags/y", "tags/y", "y^{}", "y%5E%7B%7D", "y~1", "y:lib", "y@{0}"])
def test_segments_have_names(tmp_path: Path, revision: str) -> None:
    spec = {"status": 404, "json": {"repo": "{<repo>}", "ref": "{<ref>}"}}
    given = rules(tmp_path, {"endpoints": ["GET /api/<path:repo>/log/<tag:ref>"], "instead": spec})
    found = declared(given, exchange(FORBIDDEN, f"/api/~ann/repos/a%20b/log/{revision}"))
    assert found is not None
    answer = Answer(404, JSON, json.dumps({"repo": "~ann/repos/a b", "ref": "y"}).encode())
    assert found.expected == Expected.recorded(answer)


@pytest.mark.parametrize(
    ("pattern", "method", "target", "fits"),
    [
        ("GET /api/repos/<name>", "HEAD", "/api/repos/x", True),
        ("GET /api/repos/<name>", "GET", "/api/repos/x/", True),
        ("GET /api/repos/<name>", "GET", "/api/repos/x%2Fy?start=1", True),
        ("GET /api/repos/<name>", "PUT", "/api/repos/x", False),
        ("* /api/repos/*", "PUT", "/api/repos/x", True),
        ("* /api/repos/*", "PUT", "/api/repos/x/y", False),
        ("* /api/repos/**", "PUT", "/api/repos/x/y/z", True),
        ("GET /api/~<owner>/repos", "GET", "/api/~ann/repos", True),
        ("GET /api/~<owner>/repos", "GET", "/api/ann/repos", False),
        ("GET /api/a.b", "GET", "/api/axb", False),
        ("GET /api/<path:repo>/log/<ref>", "GET", "/api/~ann/repos/x/log/y", True),
        ("GET /api/<path:repo>/log/<ref>", "GET", "/api/log/y", False),
        ("GET /api/log/<tag:ref>", "GET", "/api/log/y^{}", True),
        ("GET /api/log/<tag:ref>", "GET", "/api/log/x/y", False),
    ],
)
def test_endpoints(tmp_path: Path, pattern: str, method: str, target: str, fits: bool) -> None:
    given = rules(tmp_path, {"endpoints": [pattern], "instead": {"status": 404}})
    assert (declared(given, exchange(FORBIDDEN, target, method)) is not None) is fits


def test_a_head_request_keeps_its_empty_body(tmp_path: Path) -> None:
    given = rules(tmp_path, {"instead": {"status": 404, "json": NOT_FOUND}})
    found = declared(given, exchange(Answer(403, HTML, b""), method="HEAD"))
    assert found is not None
    assert found.expected == Expected(404, JSON, "")


def test_eras_and_conditions_and_callers(tmp_path: Path) -> None:
    given = rules(
        tmp_path,
        {
            "era": "2026",
            "request": {"caller": ["suspended", "unconfirmed"], "condition": "meta-down"},
            "instead": {"status": 500},
        },
    )
    fitting: dict[str, Any] = {"era": "2026", "standing": "suspended", "conditions": frozenset({"meta-down"})}
    assert declared(given, exchange({}), **fitting) is not None
    for other in ({"era": "2024"}, {"standing": "active"}, {"conditions": frozenset()}):
        assert declared(given, exchange({}), **{**fitting, **other}) is None


def test_bytes_that_are_no_text_are_met_as_characters_of_their_numbers(tmp_path: Path) -> None:
    tree = b"100644 a\0" + bytes(range(236, 256))
    given = rules(
        tmp_path, {"when": {"body": {"matches": r"\A100644 a\0[\xec-\xff]{20}\Z"}}, "instead": {"status": 501}}
    )
    assert declared(given, exchange(Answer(200, {"content-type": "application/octet-stream"}, tree))) is not None
    assert declared(given, exchange(Answer(200, {"content-type": "application/octet-stream"}, tree[:-1]))) is None


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({"status": [400, 409]}, True),
        ({"status": {"not": 409}}, False),
        ({"reason": "bad"}, True),
        ({"reason": {"matches": "^worse"}}, True),
        ({"reason": "good"}, False),
        ({"body": {"matches": "worse"}}, True),
        ({"headers": {"X-Git-Object-Type": "tag"}}, True),
        ({"headers": {"Location": {"absent": True}}}, True),
        ({"json": {"errors[0].field": "name", "errors": {"longer": 1}}}, True),
        ({"json": {"past": {"older": 90}}}, True),
        ({"json": {"past": {"older": 90000}}}, False),
        ({"json": {"future": {"older": 90}}}, False),
        ({"json": {"at": {"older": 90}}}, False),
        ({"json": {"errors[1].field": {"absent": True}}}, True),
        ({"json": {"at": {"symbol": "now"}}}, True),
        ({"json": {"at": {"not": {"symbol": "now"}}}}, False),
        ({"json": {"number": True}}, False),
    ],
)
def test_conditions_on_the_recorded_answer(tmp_path: Path, when: dict[str, Any], fits: bool) -> None:
    errors = [{"field": "name", "reason": "bad"}, {"reason": "worse"}]
    dates = {"at": "{now}", "past": "2023-02-05T01:25:42+00:00", "future": "2999-01-01T00:00:00+00:00"}
    body = json.dumps({"errors": errors, **dates, "number": 1}).encode()
    recorded = exchange(Answer(409, {**JSON, "x-git-object-type": "tag"}, body))
    given = rules(tmp_path, {"when": when, "instead": {"status": 418}})
    assert (declared(given, recorded) is not None) is fits


@pytest.mark.parametrize(
    ("request_", "fits"),
    [
        ({"authorization": {"matches": r"^token \{"}}, True),
        ({"authorization": "Basic x"}, False),
        ({"query": {"start": {"not": {"matches": r"^-?\d+$"}}}}, True),
        ({"query": {"start": {"absent": True}}}, False),
        ({"query": {"end": {"absent": True}}}, True),
        ({"json": {"name": {"longer": 3}}}, True),
        ({"json": {"name": "x"}}, False),
        ({"body": {"matches": "name"}}, True),
        ({"headers": {"Content-Type": "application/json"}}, True),
    ],
)
def test_conditions_on_the_request(tmp_path: Path, request_: dict[str, Any], fits: bool) -> None:
    headers = (("Authorization", "token {ann}"), ("Content-Type", "application/json"))
    recorded = exchange({}, "/api/repos?start=abc&start=1", "POST", headers=headers, body=b'{"name": "long"}')
    given = rules(tmp_path, {"request": request_, "instead": {"status": 418}})
    assert (declared(given, recorded) is not None) is fits


def rows(*values: Any) -> dict[str, Any]:
    return {"r": [dict(zip(("a", "b"), value, strict=False)) for value in values]}


@pytest.mark.parametrize(
    ("change", "recorded", "right", "wrong"),
    [
        ({"at": "r[*].a", "set": None}, rows("x", [None]), rows([None], [None]), rows("x", "x")),
        ({"at": ["a", "b"], "cut": 3}, {"a": "12345", "b": "12"}, {"a": "123", "b": "12"}, {"a": "1234", "b": "12"}),
        ({"at": "a", "replace": {"[^ -~]": "?", "^x": "y"}}, {"a": "xéü"}, {"a": "y??"}, {"a": "x??"}),
        (
            {"at": "u", "pattern": "https://[^/]+/{name}/{recorded}"},
            {"u": "a+b", "name": "n"},
            {"u": "https://h/n/a+b", "name": "n"},
            {"u": "https://h/n/aab", "name": "n"},
        ),
        ({"at": "n", "pattern": "[0-9]+"}, {"n": 5}, {"n": 7}, {"n": "x"}),
        (
            {"at": "r[*].a", "set": 0, "where": {"b": 1}},
            rows([5, 1], [5, 2]),
            rows([0, 1], [5, 2]),
            rows([0, 1], [0, 2]),
        ),
        ({"at": "r[*].a", "set": 0, "optional": True}, rows([1], [2]), rows([0], [2]), rows([0], [3])),
    ],
)
def test_changes_say_what_is_answered_instead(
    tmp_path: Path, change: dict[str, Any], recorded: Any, right: Any, wrong: Any
) -> None:
    given = rules(tmp_path, {"instead": {"change": [change]}})
    assert judged(given, recorded, right) is None
    assert judged(given, recorded, wrong) is not None


def test_a_changed_value_is_compared_as_written(tmp_path: Path) -> None:
    given = rules(tmp_path, {"instead": {"change": [{"at": "a", "pattern": ".ü."}]}})
    found = declared(given, exchange({"a": "x"}))
    assert found is not None
    assert compare(found.expected, Answer(200, JSON, b'{"a": "1\\u00fc2"}'), Names()) is None
    raw = compare(found.expected, Answer(200, JSON, '{"a": "1ü2"}'.encode()), Names())
    assert raw is not None
    assert raw.where == "body $.a, as written"


def test_a_pattern_may_use_segments_of_the_path(tmp_path: Path) -> None:
    change = {"at": "url", "pattern": "https://h/{<owner>}/{<name>}"}
    given = rules(tmp_path, {"endpoints": ["GET /api/<owner>/repos/<name>"], "instead": {"change": [change]}})
    found = declared(given, exchange({"url": "x"}, "/api/~ann/repos/a%20b"))
    assert found is not None
    assert compare(found.expected, Answer(200, JSON, b'{"url": "https://h/~ann/a b"}'), Names()) is None


def test_a_body_may_use_segments_of_the_path(tmp_path: Path) -> None:
    body = {"errors": [{"reason": "no {<name>}, {now}", "code": 1}]}
    given = rules(tmp_path, {"endpoints": ["GET /api/repos/<name>"], "instead": {"status": 404, "json": body}})
    found = declared(given, exchange({}, "/api/repos/%22x"))
    assert found is not None
    assert (
        found.expected.body
        == Expected.recorded(Answer(404, JSON, b'{"errors": [{"reason": "no \\"x, {now}", "code": 1}]}')).body
    )


def test_headers_can_be_named_and_dropped(tmp_path: Path) -> None:
    given = rules(
        tmp_path,
        {
            "instead": {
                "headers": {"X-Git-Object-Type": None, "Location": "/a"},
                "text": "no",
                "content_type": "text/plain",
            }
        },
    )
    found = declared(given, exchange(Answer(200, {**JSON, "x-git-object-type": "tag"}, b"x")))
    assert found is not None
    assert found.expected == Expected(200, {"content-type": "text/plain", "location": "/a"}, "no")


def test_several_rules_change_one_answer_in_order(tmp_path: Path) -> None:
    given = rules(
        tmp_path,
        {"instead": {"change": [{"at": "a", "cut": 3}]}},
        {"instead": {"change": [{"at": "b", "set": 1}]}},
        {"instead": {"change": [{"at": "a", "replace": {"c$": "d"}}]}},
    )
    found = declared(given, exchange({"a": "abcdef", "b": 1}))
    assert found is not None
    assert [rule.id for rule in found.rules] == ["r0", "r2"]
    assert judged(given, {"a": "abcdef", "b": 1}, {"a": "abd", "b": 1}) is None


def test_rules_that_answer_anew_are_alternatives_to_the_changes_and_to_each_other(tmp_path: Path) -> None:
    given = rules(
        tmp_path,
        {"instead": {"change": [{"at": "a", "set": 1}]}},
        {"instead": {"status": 404, "json": NOT_FOUND}},
        {"instead": {"change": [{"at": "b", "set": 2}]}},
        {"instead": {"status": 500, "text": "x"}},
    )
    found = list(given.declared(exchange({"a": 2, "b": 3}), AROUND, unasked))
    assert [[rule.id for rule in each.rules] for each in found] == [["r0", "r2"], ["r1"], ["r3"]]
    assert [each.expected.status for each in found] == [200, 404, 500]


@pytest.mark.parametrize(("body", "outcome"), [(b"x", Outcome.DECLARED), (b"y", Outcome.DIFFERENT)])
def test_an_answer_is_as_declared_if_it_is_as_one_of_several_rules_says(
    tmp_path: Path, body: bytes, outcome: Outcome
) -> None:
    specs = [{"instead": {"status": 404, "json": NOT_FOUND}}, {"instead": {"status": 500, "text": "x"}}]
    replay = Replay(
        Cassette(tmp_path, "git", "reads", "", (exchange(Answer(200, {}, b"{}")),)),
        Fixed(Answer(500, {}, body)),
        None,
        Credentials("git", DATASET, KEYS),
        rules(tmp_path, *specs),
        "2024",
    )
    assert [result.judgement.outcome for result in replay.run().exchanges] == [outcome]


def test_a_witness_decides_whether_a_rule_applies(tmp_path: Path) -> None:
    witness = {"path": "/api/repos/<name>/refdb/x", "status": 501}
    spec = {"endpoints": ["GET /api/repos/<name>/log"], "witness": witness, "instead": {"status": 404, "json": {}}}
    given, recorded = rules(tmp_path, spec), exchange({}, "/api/repos/a%20b/log?start=1")
    asked: list[Request] = []

    def ask(status: int, request: Request) -> Answer:
        asked.append(request)
        return Answer(status, {}, b"")

    assert list(given.declared(recorded, AROUND, partial(ask, 200))) == []
    assert len(list(given.declared(recorded, AROUND, partial(ask, 501)))) == 1
    assert {request.url for request in asked} == {"http://git.example.org/api/repos/a%20b/refdb/x"}


@pytest.mark.parametrize(("kind", "count"), [("commit", 0), ("tag", 1)])
def test_a_witness_may_be_asked_for_what_another_one_said(tmp_path: Path, kind: str, count: int) -> None:
    witness = [
        {"path": "/api/repos/<name>/lookup/x", "status": 200},
        {"path": "/api/repos/<name>/odb/{body}", "status": 200, "body": {"matches": "^type tag"}},
    ]
    spec = {"endpoints": ["GET /api/repos/<name>/log"], "witness": witness, "instead": {"status": 404, "json": {}}}
    answers = {"/api/repos/r/lookup/x": b"ab12", "/api/repos/r/odb/ab12": f"type {kind}".encode()}

    def ask(request: Request) -> Answer:
        return Answer(200, {}, answers[request.parts.path])

    assert len(list(rules(tmp_path, spec).declared(exchange({}, "/api/repos/r/log"), AROUND, ask))) == count


def test_a_change_may_need_a_witness_to_each_value(tmp_path: Path) -> None:
    witness = {"path": "/api/<owner.name>/<name>", "status": 404}
    change = {"at": "r[*].from", "set": None, "witness": witness}
    recorded = exchange({"r": [{"from": {"name": n, "owner": {"name": "a b"}}} for n in "xy"]})

    def ask(request: Request) -> Answer:
        return Answer(404 if request.parts.path == "/api/a%20b/x" else 200, {}, b"")

    (found,) = rules(tmp_path, {"instead": {"change": [change]}}).declared(recorded, AROUND, ask)
    assert found.expected.body.value == {"r": [{"from": None}, {"from": {"name": "y", "owner": {"name": "a b"}}}]}


@pytest.mark.parametrize(
    ("answered", "fits"),
    [
        ([{"a": 3}], True),
        ([{"a": 1}, {"a": 2}, {"a": 3}], True),
        ([{"a": 3}, {"a": 1}], False),
        ([{"b": 1}, {"a": 3}], False),
        ([], False),
    ],
)
def test_a_list_may_begin_with_more_than_recorded(tmp_path: Path, answered: Any, fits: bool) -> None:
    given = rules(tmp_path, {"instead": {"change": [{"at": "list", "tail": True}]}})
    (found,) = given.declared(exchange({"list": [{"a": 3}]}), AROUND, unasked)
    answer = Answer(200, JSON, json.dumps({"list": answered}).encode())
    assert (compare(found.expected, answer, Names()) is None) is fits


def test_an_empty_list_has_no_end_to_keep(tmp_path: Path) -> None:
    given = rules(tmp_path, {"instead": {"change": [{"at": "list", "tail": True}]}})
    assert list(given.declared(exchange({"list": []}), AROUND, unasked)) == []


def test_a_rule_may_need_that_a_condition_is_absent(tmp_path: Path) -> None:
    spec = {"request": {"condition": {"not": "object-storage"}}, "instead": {"status": 500}}
    assert declared(rules(tmp_path, spec), exchange({})) is not None
    assert declared(rules(tmp_path, spec), exchange({}), conditions=frozenset({"object-storage"})) is None


def test_a_crash_page_is_expected_by_its_status(tmp_path: Path) -> None:
    spec = {"instead": {"status": 500, "content_type": HTML["content-type"], "text": "{site error page}"}}
    (found,) = rules(tmp_path, spec).declared(exchange({}), AROUND, unasked)
    assert compare(found.expected, Answer(500, HTML, b"whatever"), Names()) is None
    assert compare(found.expected, Answer(500, JSON, b"{}"), Names()) is not None


def test_texts_may_speak_of_the_callers_notice_and_of_the_owner(tmp_path: Path) -> None:
    given = rules(tmp_path, {"instead": {"status": 403, "json": {"reason": "{notice}, {owner-email}"}}})
    around = Situation("git", "2024", Caller("eve", "suspended", "spam"), owner_email="root@example.org")
    (found,) = given.declared(exchange({}), around, unasked)
    assert found.expected.body == write({"reason": "spam, root@example.org"})


def test_a_shape_must_be_met_everywhere_and_somewhere(tmp_path: Path) -> None:
    given = rules(tmp_path, {"instead": {"status": 200, "matches": {"total": -1, "results[*].id": {"matches": "^a"}}}})
    recorded = exchange(Answer(500, {"content-type": "text/html"}, b"x"))
    (found,) = given.declared(recorded, AROUND, unasked)
    for body, fits in (
        ({"results": [{"id": "a1"}, {"id": "a2"}], "total": -1}, True),
        ({"results": [{"id": "a1"}, {"id": "b"}], "total": -1}, False),
        ({"results": [], "total": -1}, False),
        ({"results": [{"id": "a1"}]}, False),
    ):
        answer = Answer(200, {"content-type": "application/json"}, json.dumps(body).encode())
        assert (compare(found.expected, answer, Names()) is None) is fits


def test_a_shape_that_fits_anything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeviationsError, match="checks nothing"):
        rules(tmp_path, {"instead": {"matches": {"a": {"not": 5}}}})


@pytest.mark.parametrize(
    ("answered", "fits"),
    [("J\ufffd\ufffdne D", True), ("J\xe9ne D", True), ("J\xe9ne", False), ("Jne D", False), ("J\xe9xe D", False)],
)
def test_an_undecoded_text_keeps_its_ascii(tmp_path: Path, answered: str, fits: bool) -> None:
    given = rules(tmp_path, {"instead": {"change": [{"at": "a", "undecoded": True}]}})
    assert (judged(given, {"a": "J\xf6ne D"}, {"a": answered}) is None) is fits


def test_a_rule_that_changes_nothing_does_not_apply(tmp_path: Path) -> None:
    given = rules(tmp_path, {"instead": {"change": [{"at": "a", "set": 1}, {"at": "b", "cut": 9}]}})
    assert declared(given, exchange({"a": 1, "b": "x"})) is None
    assert declared(given, exchange(FORBIDDEN)) is None


def test_like_asks_with_other_credentials(tmp_path: Path) -> None:
    given = rules(tmp_path, {"when": {"status": 400}, "instead": {"like": {"authorization": "token {user}"}}})
    answer = Answer(200, {**JSON, "date": "today"}, b'{"id": "5b7a3c1e-0d0f-4e57-9a43-0c2f6a1d9e10"}')
    recorded = exchange(Answer(400, JSON, b"{}"), headers=(("Authorization", "token {oauth2:ann}"),))
    asked: list[Request] = []

    def ask(request: Request) -> Answer:
        asked.append(request)
        return answer

    (found,) = given.declared(recorded, AROUND, ask)
    assert asked[0].headers == (("Authorization", "token {ann}"),)
    assert found.expected == Expected.recorded(Answer(200, JSON, b'{"id": "{uuid}"}'))


def test_like_asks_for_the_path_without_doubled_slashes(tmp_path: Path) -> None:
    given = rules(tmp_path, {"when": {"status": 404}, "instead": {"like": {"slashes": "merged"}}})
    asked: list[str] = []

    def ask(request: Request) -> Answer:
        asked.append(request.url)
        return Answer(200, JSON, b"{}")

    recorded = exchange(Answer(404, JSON, b"{}"), "/api//repos///x?a=//b")
    (found,) = given.declared(recorded, AROUND, ask)
    assert urlsplit(asked[0])[2:4] == ("/api/repos/x", "a=//b")
    assert found.expected == Expected.recorded(Answer(200, JSON, b"{}"))


PAGE = {"next": None, "results": [{"id": 3, "n": "c"}, {"id": 1, "n": "a"}], "total": 2, "results_per_page": 50}


def page(ids: str, total: int, further: str | None = None) -> dict[str, Any]:
    results = [{"id": "abcdefghij".index(name) + 1, "n": name} for name in ids]
    return {"next": further, "results": results, "total": total, "results_per_page": 50}


@pytest.mark.parametrize(
    ("recorded", "answered", "fits"),
    [
        (page("ca", 2), page("dcba", 4), True),
        (page("ca", 2), page("dcba", 5), False),
        (page("ca", 2), page("dcba", 2), False),
        (page("ca", 2), page("dba", 4), False),
        (page("ca", 2), page("acb", 3), False),
        (page("ca", 2), page("xcab"[1:] + "j", 4), False),
        (page("ca", 2), page("dcb", 4, "1"), True),
        (page("ca", 2), page("dcb", 4, "x"), False),
        (page("ca", 9, "1"), page("dc", 10, "1"), True),
        (page("", 2), page("", 3), True),
        (page("", 2), page("", 1), False),
    ],
)
def test_extra_lets_a_list_hold_more(tmp_path: Path, recorded: Any, answered: Any, fits: bool) -> None:
    where = {"n": ["b", "d"]}
    given = rules(tmp_path, {"instead": {"extra": {"at": "results", "where": where}}})
    assert (judged(given, recorded, answered) is None) is fits


@pytest.mark.parametrize(
    ("recorded", "answered", "fits"),
    [
        (page("cba", 3), page("b", 1), True),
        (page("cba", 3), page("b", 3), False),
        (page("cba", 3), page("cb", 2), False),
        (page("cba", 3), page("", 0), False),
        (page("ca", 2), page("", 0), True),
        (page("ca", 9, "1"), page("", 0), True),
        (page("ca", 9, "1"), page("", 7, "5"), True),
        (page("ca", 9, "1"), page("", 8), False),
        (page("", 9), page("", 4), True),
        (page("", 9), page("", 10), False),
    ],
)
def test_only_drops_items_from_a_list(tmp_path: Path, recorded: Any, answered: Any, fits: bool) -> None:
    given = rules(tmp_path, {"instead": {"only": {"at": "results", "where": {"n": "b"}}}})
    assert (judged(given, recorded, answered) is None) is fits


def test_renamed_ids_are_consistent_and_go_into_requests(tmp_path: Path) -> None:
    renamed = {"at": ["id", "results[*].id", "next"], "renamed": {"kind": "webhook", "query": "start"}}
    given = rules(
        tmp_path,
        {
            "endpoints": ["* /api/user/webhooks", "* /api/user/webhooks/<webhook>/**"],
            "instead": {"change": [renamed]},
        },
    )
    names = Names()
    found = declared(given, exchange({"id": 58}, "/api/user/webhooks", "POST"))
    assert found is not None
    assert compare(found.expected, Answer(200, JSON, b'{"id": 34}'), names) is None
    assert compare(found.expected, Answer(200, JSON, b'{"id": "34"}'), names.trial()) is not None
    assert compare(found.expected, Answer(200, JSON, b'{"id": 35}'), names.trial()) is not None
    listed = declared(given, exchange({"next": "58", "results": []}, "/api/user/webhooks"))
    assert listed is not None
    assert compare(listed.expected, Answer(200, JSON, b'{"next": "34", "results": []}'), names) is None
    sent = {
        "/api/user/webhooks/58/deliveries": "/api/user/webhooks/34/deliveries",
        "/api/user/webhooks/57/deliveries": "/api/user/webhooks/57/deliveries",
        "/api/user/webhooks?restart=58&start=58": "/api/user/webhooks?restart=58&start=34",
        "/api/repos/58": "/api/repos/58",
    }
    for recorded, target in sent.items():
        request = given.rewrite(exchange({}, recorded).request, "git", "2024", "sealed", names)
        assert request.target == target


def test_an_id_is_renamed_once_whatever_rules_speak_of_it(tmp_path: Path) -> None:
    change = {"at": "id", "renamed": "hook"}
    endpoints = ["GET /hooks", "* /hooks/<hook>", "GET /hooks/<hook>"]
    given = rules(tmp_path, *[{"endpoints": endpoints, "instead": {"change": [change]}}] * 2)
    names = Names(renamed={"hook": {"58": "34", "34": "12"}})
    assert given.rewrite(exchange({}, "/hooks/58").request, "git", "2024", "sealed", names).target == "/hooks/34"


WHOLE = {"status": 404, "json": {}}


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ({"instead": None}, "instead: should be a mapping"),
        ({"instead": {}}, "instead: says nothing of what is answered, so it checks nothing"),
        ({"instead": {"anything": True}}, "instead: unknown key 'anything'"),
        ({"instead": {"change": [{"at": "a", "pattern": ".*"}]}}, "change: 0: pattern: '.*' fits anything"),
        ({"instead": {"change": [{"at": "a", "pattern": "(?s).*|x"}]}}, "fits anything"),
        ({"instead": {"change": [{"at": "a"}]}}, "needs exactly one of set, copy, cut"),
        ({"instead": {"change": [{"at": "a", "set": 1, "cut": 2}]}}, "needs exactly one of set, copy, cut"),
        ({"instead": {"change": [{"set": 1}]}}, "at is required"),
        ({"instead": {"change": [{"at": "a..b", "set": 1}]}}, "at: not a path: 'a..b'"),
        ({"instead": {"change": [{"at": "a", "cut": "3"}]}}, "cut: should be of type int, not '3'"),
        ({"instead": {"change": [{"at": "a", "pattern": "("}]}}, "pattern: not a regular expression"),
        ({"instead": {"change": []}}, "change: should be a list with something in it"),
        ({"instead": {"extra": {"at": "results"}}}, "extra: where is required"),
        ({"instead": {"extra": {"at": "r", "where": {}}}}, "extra: where: should be a mapping with something in it"),
        ({"instead": {"extra": {"at": "r", "where": {"id": {"not": 5}}}}}, "extra: where: fits an empty object"),
        ({"instead": {"only": {"at": "r[*]", "where": {"a": 1}}}}, "only: at: should end in the name of a list"),
        ({"instead": {"content_type": "text/plain"}}, "content_type: another type needs a body"),
        ({"instead": {"json": {}, "text": ""}}, "json, text: only one of them"),
        ({"instead": {"json": {}, "change": [{"at": "a", "set": 1}]}}, "json, change: only one of them"),
        ({"instead": {"like": {"authorization": "x"}, "status": 200}}, "like: only one of them"),
        ({"instead": {"like": {}}}, "like: should name authorization or slashes"),
        ({"instead": {"like": {"authorization": "x", "slashes": "merged"}}}, "should name authorization or slashes"),
        ({"instead": {"like": {"slashes": "kept"}}}, "slashes: should be merged"),
        ({"instead": WHOLE, "when": {}}, "when: should name something"),
        ({"instead": WHOLE, "when": {"status": {}}}, "when: status: a condition without an operator"),
        ({"instead": WHOLE, "when": {"json": {"a": {"like": 1}}}}, "when: json: a: unknown key 'like'"),
        ({"instead": WHOLE, "request": {"user": "x"}}, "request: unknown key 'user'"),
        ({"instead": WHOLE, "endpoints": ["/api/repos"]}, "endpoints: 0: should be a method and a path"),
        ({"instead": WHOLE, "endpoints": ["GET /<b:a>"]}, "endpoints: 0: there is no kind of segment 'b'"),
        ({"instead": WHOLE, "endpoints": ["GET /<a>/<a>"]}, "endpoints: 0: not a regular expression"),
        ({"instead": WHOLE, "era": "2025"}, "era: should be one of '2024', '2026'"),
        ({"instead": WHOLE, "paging": "auto"}, "paging: should be one of 'sealed', 'walk'"),
        ({"instead": WHOLE, "services": []}, "services: should be a list with something in it"),
        ({"instead": WHOLE, "reason": None}, "reason: should be of type str"),
        ({"instead": WHOLE, "contracts": "x"}, "unknown key 'contracts'"),
        ({"when": {"status": 200}}, "instead is required"),
    ],
)
def test_a_rule_that_is_wrong_or_looks_away_is_refused(tmp_path: Path, spec: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DeviationsError) as caught:
        rules(tmp_path, {"id": "mine", **spec})
    assert str(caught.value).startswith(f"{tmp_path / 'deviations.yaml'}: rule mine: ")
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("a: 1", "should be a list of rules"),
        ("[", "while parsing"),
        ("[5]", "rule 5: should be a mapping"),
        ("- services: git", "rule without an id: id is required"),
    ],
)
def test_a_file_that_holds_no_rules_is_refused(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "deviations.yaml"
    path.write_text(content)
    with pytest.raises(DeviationsError, match=complaint):
        load(path)


def test_ids_are_unique(tmp_path: Path) -> None:
    with pytest.raises(DeviationsError, match="rule same: there are two"):
        rules(tmp_path, {"id": "same", "instead": WHOLE}, {"id": "same", "instead": WHOLE})


def test_the_documented_rules_are_valid(tmp_path: Path) -> None:
    rule, cases, changes = re.findall(r"(?:\n    .*)+", deviations.__doc__ or "")
    path = tmp_path / "deviations.yaml"
    path.write_text(textwrap.dedent(rule) + textwrap.dedent(cases), "utf-8")
    crashes = [f"crashes-are-refused/{name}" for name in ("empty", "absent")]
    assert [found.id for found in load(path).rules] == ["private-is-hidden", "private-is-hidden/then-1", *crashes]
    spec = yaml.load(textwrap.dedent(changes), Loader=yaml.CSafeLoader)
    assert len(rules(tmp_path, {"instead": spec}).rules[0].instead.changes) == 10
