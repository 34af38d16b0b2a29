"""Loading operations: fragments, forms for the caller's own things, eras (design D2, D5)."""

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


def test_the_callers_own_form_is_repeated_too():
    operation = loads(TEXT.replace("thing(name: $t)", "one0: thing(name: $t)"))["Thing"]
    assert operation.mine.repeated(one0=2).text.count("thing(name: $t)") == 2


EVERY = [(service.name, operation) for service in discover() for operation in service.operations.every()]


@pytest.mark.parametrize(("service", "operation"), EVERY, ids=lambda value: getattr(value, "name", value))
def test_no_document_is_deadly(service, operation):
    assert list(guard.faults(operation)) == []
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
]


@pytest.mark.parametrize("selection", BESIDE)
def test_deadly_documents_are_recognized(selection):
    more = "fragment more on Repository { path(path: $s) { id } }"
    text = f'query X($s: String!) {{ me {{ repository(name: "r") {{ {selection} }} }} }} {more}'
    assert list(guard.faults(loads(text)["X"]))


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
