from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shim.compare.judging.difference import Difference, Expected, compare
from shim.recordings.answer import Answer
from shim.recordings.symbols import Names
from tests.compare.judging.test_jsontext import VALUES

DOCUMENTS = st.dictionaries(st.text(), VALUES, min_size=1, max_size=5)


def answer(body: str | bytes, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(
        status, {"content-type": "application/json", **named}, body if isinstance(body, bytes) else body.encode()
    )


def difference(recorded: Answer, answered: Answer, names: Names | None = None) -> Difference | None:
    return compare(Expected.recorded(recorded), answered, names or Names())


def where(recorded: str, answered: str) -> str | None:
    found = difference(answer(recorded), answer(answered))
    return found and found.where


@settings(max_examples=50)
@given(DOCUMENTS)
def test_an_answer_equals_itself(document: Any) -> None:
    text = json.dumps(document)
    assert difference(answer(text), answer(text)) is None


@settings(max_examples=40)
@given(DOCUMENTS, DOCUMENTS)
def test_different_values_differ_somewhere(one: Any, other: Any) -> None:
    assume(json.dumps(one) != json.dumps(other))
    found = difference(answer(json.dumps(one)), answer(json.dumps(other)))
    assert found is not None
    assert found.where.startswith("body $")


@settings(max_examples=50)
@given(st.data(), DOCUMENTS)
def test_a_changed_member_is_found_at_its_path(data: st.DataObject, document: dict[str, Any]) -> None:
    name = data.draw(st.sampled_from(sorted(document)))
    changed = copy.deepcopy(document)
    changed[name] = {"changed": document[name]}
    found = difference(answer(json.dumps(document)), answer(json.dumps(changed)))
    assert found is not None
    assert found.where.startswith(f"body $.{name}")


@settings(max_examples=50)
@given(st.data(), DOCUMENTS)
def test_one_byte_more_or_less_is_found(data: st.DataObject, document: Any) -> None:
    text = json.dumps(document)
    place = data.draw(st.integers(0, len(text)))
    assert difference(answer(text), answer(text[:place] + " " + text[place:])) is not None
    assert (
        difference(answer(text), answer(text[:place] + text[place + 1 :] + ("" if text[place:] else "x"))) is not None
    )


@pytest.mark.parametrize(
    ("recorded", "answered", "place"),
    [
        ('{"a": 1, "b": 2}', '{"b": 2, "a": 1}', "body $, as written"),
        ('{"a": 1}', '{"a":1}', "body $, as written"),
        ('{"a": "\\u00fc"}', '{"a": "ü"}', "body $.a, as written"),
        ('{"a": "/"}', '{"a": "\\/"}', "body $.a, as written"),
        ('{"a": 1.0}', '{"a": 1.00}', "body $.a, as written"),
        ('{"a": 1}', '{"a": 1.0}', "body $.a"),
        ('{"a": 1}', '{"a": true}', "body $.a"),
        ('{"a": "1"}', '{"a": 1}', "body $.a"),
        ('{"a": null}', "{}", "body $.a"),
        ("{}", '{"a": null}', "body $.a"),
        ('{"r": [{"id": 1}, {"id": 2}]}', '{"r": [{"id": 1}, {"id": 3}]}', "body $.r[1].id"),
        ('{"r": [1, 2]}', '{"r": [1]}', "body $.r"),
        ('{"r": []}', '{"r": {}}', "body $.r"),
        ('{"a": 1}', '{"a": 1}\n', "body"),
        ('{"a": 1}', "<html>", "body"),
    ],
)
def test_the_first_difference_has_a_path(recorded: str, answered: str, place: str) -> None:
    assert where(recorded, answered) == place


def test_symbols_match_inside_json_as_written() -> None:
    recorded = '{"payload": "{\\"id\\":\\"{uuid:1}\\"}", "again": "{uuid:1}", "n": {seconds}}'
    uid = "5b7a3c1e-0d0f-4e57-9a43-0c2f6a1d9e10"
    same = f'{{"payload": "{{\\"id\\":\\"{uid}\\"}}", "again": "{uid}", "n": 5}}'
    assert where(recorded, same) is None
    assert where(recorded, same.replace('"n": 5', '"n": "5"')) == "body $.n"
    assert where(recorded, same[::-1].replace(uid[::-1], "1" + uid[1:][::-1], 1)[::-1]) == "body $.again"
    assert where(recorded, same.replace(uid, f"\\u0035{uid[1:]}")) == "body $.payload, as written"


def test_what_a_differing_answer_tells_is_learnt_all_the_same() -> None:
    names = Names()
    assert difference(answer('{"a": 1, "b": "{token:1}"}'), answer(f'{{"a": 2, "b": "{"0" * 32}"}}'), names)
    assert names.values == {"token:1": "0" * 32}


@pytest.mark.parametrize(
    ("recorded", "answered", "place"),
    [
        (answer("{}", 200), answer("{}", 201), "status"),
        (answer("{}"), Answer(200, {"content-type": "application/json; charset=utf-8"}, b"{}"), "header Content-Type"),
        (answer("{}", location="/a"), answer("{}"), "header Location"),
        (answer("{}"), answer("{}", x_git_object_type="blob"), "header X-Git-Object-Type"),
        (answer("{}", www_authenticate="Basic"), answer("{}", www_authenticate="Bearer"), "header Www-Authenticate"),
    ],
)
def test_status_and_kept_headers(recorded: Answer, answered: Answer, place: str) -> None:
    found = difference(recorded, answered)
    assert found is not None
    assert found.where == place


def test_headers_that_are_not_kept_do_not_count() -> None:
    assert difference(answer("{}"), answer("{}", server="x", deprecation="true")) is None


def test_texts_and_bytes_are_compared_exactly() -> None:
    plain = {"content-type": "text/plain"}
    assert compare(Expected.recorded(Answer(200, plain, b"abc")), Answer(200, plain, b"abd"), Names()) == Difference(
        "body, character 2", "c", "d"
    )
    assert compare(Expected.recorded(Answer(200, plain, b"\xff\x00")), Answer(200, plain, b"\xff\x00"), Names()) is None
    assert compare(Expected.recorded(Answer(200, plain, b"\xff\x00")), Answer(200, plain, b"\xff"), Names()) is not None
    assert compare(Expected.recorded(Answer(200, plain, b"a")), Answer(200, plain, b"\xff"), Names()) is not None


def test_of_a_site_page_only_status_and_type_count() -> None:
    html = {"content-type": "text/html; charset=utf-8"}
    page = Expected.recorded(Answer(500, html, b"{site error page}"))
    assert compare(page, Answer(500, html, b"<html>anything"), Names()) is None
    assert compare(page, Answer(500, {"content-type": "application/json"}, b"{}"), Names()) is not None
    assert compare(page, Answer(404, html, b"<html>anything"), Names()) is not None
