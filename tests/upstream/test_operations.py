"""Loading operations: fragments, forms for the caller's own things, eras (design D2, D5)."""

import re

import pytest
from graphql import parse

from shim.services import discover
from shim.upstream import guard, loads
from tests.complexity import complexity

TEXT = """
query Thing($u: String!, $t: String!) { owner: user(username: $u) { thing(name: $t) { ...thing } } }
query Odb($id: String!) { object(id: $id) { id } }
query Odb_2024($id: String!) { objects(ids: [$id]) { id } }
query New_2026 { new }
fragment thing on Thing { id owner { ...who } }
fragment who on User { username }
fragment unused on User { id }
"""


def test_only_the_fragments_that_are_used_go_along():
    text = loads(TEXT)["Thing"].text
    assert "fragment thing" in text
    assert "fragment who" in text
    assert "unused" not in text


def test_the_form_for_the_caller_asks_for_me_and_drops_the_variable():
    operation = loads(TEXT)["Thing"]
    assert "owner: me {" in operation.mine.text
    assert operation.mine.variables == {"t"}
    assert operation.variables == {"u", "t"}
    assert operation.mine.request({"u": None, "t": "x"}).payload["variables"] == {"t": "x"}


def test_an_era_gets_its_own_form_under_the_common_name():
    operations = loads(TEXT)
    assert "objects" in operations.of("Odb", "2024").text
    assert "objects" not in operations.of("Odb", "2026").text
    assert operations.of("Odb", "2024").text.startswith("query Odb(")


def test_an_operation_of_one_era_is_not_offered_in_the_other():
    operations = loads(TEXT)
    assert operations.offered("New", "2026")
    assert not operations.offered("New", "2024")
    with pytest.raises(KeyError):
        operations.of("New", "2024")


def test_requests_are_new_each_time_and_the_text_is_printed_once():
    operation = loads(TEXT)["Odb"]
    one, other = operation.request({"id": "a"}), operation.request({"id": "b"})
    assert one.payload["query"] is other.payload["query"]
    assert one.payload["variables"] == {"id": "a"}


LABELS = """
query Labels($t: String!, $want0: String!) { thing(name: $t) { id want0: label(name: $want0) { ...label } } }
mutation Change($id: Int!, $add0: Int!, $note: String!) {
  add0: addLabel(id: $id, label: $add0) { ...label }
  note: comment(id: $id, text: $note) { ...note }
}
fragment label on Label { id }
fragment note on Note { id text }
"""


def test_fields_and_their_variables_are_repeated():
    operation = loads(LABELS)["Labels"].repeated(want0=2)
    assert operation.variables == {"t", "want0", "want1"}
    assert "want1: label(name: $want1)" in operation.text
    assert operation.request({"t": "a", "want0": "x", "want1": "y"}).payload["query"] == operation.text


def test_what_is_dropped_takes_its_variables_and_fragments_along():
    operation = loads(LABELS)["Change"].repeated(add0=0, note=1)
    assert operation.variables == {"id", "note"}
    assert "add0" not in operation.text
    assert "fragment label" not in operation.text
    assert operation.is_mutation


def test_the_same_repetition_is_printed_once():
    change = loads(LABELS)["Change"]
    assert change.repeated(add0=3) is change.repeated(add0=3)


TWINS = """query X($u: String!, $r0: String!, $p0: String!, $s0: String!, $all: Cursor) {
  owner: user(username: $u) {
    c0: revparse_single(revspec: $r0) { id }
    e0: path(revspec: $r0, path: $p0) { id }
    t0: revparse_single(revspec: $s0) { entries(cursor: $all) { cursor } }
  }
}"""


def test_fields_that_share_a_variable_are_numbered_together():
    text = loads(TWINS)["X"].repeated(c0=2, e0=2, r0=2, p0=2, t0=0, s0=0).text
    assert "c1: revparse_single(revspec: $r1)" in text
    assert "e1: path(revspec: $r1, path: $p1)" in text


def test_variables_that_nothing_takes_any_more_are_dropped():
    operation = loads(TWINS)["X"].repeated(c0=1, e0=1, r0=1, p0=1, t0=0, s0=0)
    assert operation.variables == {"u", "r0", "p0"}
    assert loads(TWINS)["X"].repeated(c0=0, e0=0, r0=0, p0=0, t0=1, s0=1).variables == {"u", "s0", "all"}


def test_the_variables_that_continue_a_list_are_known():
    assert loads("query X($a: Cursor, $b: Cursor!, $c: String) { x(a: $a, b: $b, c: $c) { id } }")["X"].cursors == {
        "a",
        "b",
    }


def test_the_callers_own_form_is_repeated_too():
    operation = loads(TEXT.replace("thing(name: $t)", "one0: thing(name: $t)"))["Thing"]
    assert operation.mine.repeated(one0=2).text.count("thing(name: $t)") == 2


EVERY = [(service.name, operation) for service in discover() for operation in service.operations.every()]


def forms(operation):
    """A document as it stands and, where it is a pattern, with none, one and several of its fields."""
    yield operation
    patterns = re.findall(r"\b[a-z]+0\b", operation.text)
    for number in (0, 1, 5) if patterns else ():
        yield operation.repeated(**dict.fromkeys(patterns, number))


@pytest.mark.parametrize(("service", "operation"), EVERY, ids=lambda value: getattr(value, "name", value))
def test_no_document_is_deadly(service, operation):
    assert [fault for form in forms(operation) for fault in guard.faults(form)] == []
    assert parse(operation.text).definitions[0].name.value == operation.name


PATTERNS = {("todo", "UpdateTicket")}
"""Never sent as they stand, but with as many of their fields as are needed; their services' tests look at these."""


@pytest.mark.parametrize(("service", "operation"), EVERY, ids=lambda value: getattr(value, "name", value))
def test_no_document_is_too_complex_for_the_servers(service, operation):
    if (service, operation.name) not in PATTERNS:
        assert complexity(operation) < 200


BESIDE = [
    "log { cursor } more: log { cursor }",
    "log { cursor } revparse_single(revspec: $s) { id }",
    "log { cursor } ...more",
    "log { cursor } references { results { follow { id } } }",
    "log { cursor } references { results { name } } references { results { artifacts { cursor } } }",
    "references { cursor } } more: repository(name: $s) { HEAD { name }",
    "references { cursor } } } user(username: $s) { repository(name: $s) { HEAD { name }",
    "log { cursor } } } other: user(username: $s) { repositories { results { HEAD { name } }",
    "log { cursor } } } more: me { repository(name: $s) { references { cursor }",
]
SAFE = [
    "id HEAD { name } log { cursor } references { results { name target } cursor }",
    "HEAD { name } a: revparse_single(revspec: $s) { id } b: path(path: $s) { object { id } }",
    "references { results { follow { id } } } references { results { artifacts { cursor } } }",
    "HEAD { name } log { cursor } } more: repository(name: $s) { id",
]


@pytest.mark.parametrize("selection", BESIDE)
def test_deadly_documents_are_recognized(selection):
    more = "fragment more on Repository { path(path: $s) { id } }"
    text = f'query X($s: String!) {{ me {{ repository(name: "r") {{ {selection} }} }} }} {more}'
    assert list(guard.faults(loads(text)["X"]))


@pytest.mark.parametrize("selection", SAFE)
def test_what_never_killed_a_server_is_no_fault(selection):
    text = f'query X($s: String!) {{ me {{ repository(name: "r") {{ {selection} }} }} }}'
    assert list(guard.faults(loads(text)["X"])) == []


def test_a_log_of_anything_else_is_none_of_the_guards_business():
    text = "query X { jobs { results { log { fullURL } tasks { log { fullURL } } } } }"
    assert list(guard.faults(loads(text)["X"])) == []


def test_an_empty_revspec_is_refused_whatever_the_variable_is_called():
    operation = loads(
        'query X($a: String!) { me { repository(name: "r") { c: revparse_single(revspec: $a) { id } } } }'
    )["X"]
    with pytest.raises(guard.Refused, match="empty revspec"):
        guard.check(operation, {"a": ""})
    guard.check(operation, {"a": "HEAD"})


def test_values_inside_lists_and_objects_are_checked_too():
    operation = loads("query X($f: F) { x(f: $f) }")["X"]
    for value in ([2**31], {"a": {"b": [2**40]}}, {"a": "x\0"}):
        with pytest.raises(guard.Refused):
            guard.check(operation, {"f": value})
    guard.check(operation, {"f": {"a": [1, True, "x", None, 1.5]}})


def test_a_number_in_place_of_a_text_may_have_any_length():
    operation = loads("mutation X($n: String!, $v: Visibility, $i: Int!) { create(n: $n, v: $v, i: $i) { id } }")["X"]
    guard.check(operation, {"n": 2**40, "v": 2**40, "i": 2**31 - 1})
    guard.check(operation, {"n": [2**40]})
    with pytest.raises(guard.Refused):
        guard.check(operation, {"i": 2**31})


def test_what_is_no_text_may_only_go_to_an_api_that_is_known_to_bear_it_and_only_in_mutations():
    mutation = loads("mutation X($n: String!) { create(name: $n) { id } }")["X"]
    query = loads("query X($n: String!) { find(name: $n) { id } }")["X"]
    for text in ("a\0b", "a\ud800b"):
        guard.check(mutation, {"n": text}, any_text=True)
        for operation, any_text in ((mutation, False), (query, True), (query, False)):
            with pytest.raises(guard.Refused):
                guard.check(operation, {"n": text}, any_text=any_text)
