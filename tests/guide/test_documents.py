"""Documents: whole, in the forms that the rules call for, with examples that the API would take."""

from __future__ import annotations

import pytest
from graphql import get_named_type, parse, validate
from graphql.execution.values import get_variable_values

from shim.guide.documents import documents, operations
from shim.guide.examples import CURSOR, variables
from shim.upstream import guard
from tests.guide.kit import CASES, ORIGIN, SERVICES, endpoint, schema

IDS = [f"{service.name} {endpoint.name} {era}" for service, endpoint, era in CASES]


def told(service, name, era="2024"):
    chosen = endpoint(service, name)
    return documents(SERVICES[service], chosen, operations(SERVICES[service], chosen, era), ORIGIN)


@pytest.mark.parametrize(("service", "endpoint", "era"), CASES, ids=IDS)
def test_every_document_is_valid_and_so_are_the_examples(service, endpoint, era):
    typed, asked = schema(service.name, era), operations(service, endpoint, era)
    assert {o.name for o in asked} == {n for n in endpoint.operations if service.operations.offered(n, era)}
    for document in documents(service, endpoint, asked, ORIGIN):
        parsed = parse(document.text)
        assert validate(typed, parsed) == []
        given = {v.name: "a file" if v.file else v.example for v in document.variables}
        coerced = get_variable_values(typed, parsed.definitions[0].variable_definitions or (), given)
        assert not isinstance(coerced, list), (document.operation, coerced)
        assert all(variable.stands_for for variable in document.variables)
        if document.hut:
            assert validate(typed, parse(document.hut.partition("\n")[2].removesuffix("EOF\n"))) == []


@pytest.mark.parametrize(("service", "endpoint", "era"), CASES, ids=IDS)
def test_no_example_is_what_the_api_dies_of(service, endpoint, era):
    for operation in operations(service, endpoint, era):
        given = {v.name: v.example for v in variables(operation, endpoint)}
        guard.check(operation, given)
        assert list(guard.faults(operation)) == []


def test_rules_without_an_owner_ask_for_the_callers_own_things():
    own, anybodys = told("git", "GET /api/repos/<r>")
    assert (own.form, anybodys.form) == ("caller", "owner")
    assert "owner: me {" in own.text
    assert [v.name for v in own.variables] == ["r"]
    assert "owner: user(username: $u) {" in anybodys.text
    assert [v.name for v in anybodys.variables] == ["u", "r"]


def test_a_rule_that_always_names_an_owner_asks_for_nothing_else():
    forms = {document.form for document in told("git", "GET /api/<u>/repos/<r>/webhooks") if document.kind == "query"}
    assert forms <= {"owner", ""}


def test_a_document_has_the_fragments_that_it_uses():
    (own, _) = told("git", "GET /api/repos/<r>")
    assert own.text.count("fragment ") == 3


def test_the_eras_have_documents_of_their_own():
    texts = {era: [d.text for d in told("git", "GET /api/repos/<r>/blob/<path:ref>", era)] for era in ("2024", "2026")}
    assert "TextBlob" in texts["2024"][0]
    assert "content" in texts["2026"][0]
    hooks = {era: {d.operation for d in told("git", "GET /api/<u>/repos/<r>/webhooks", era)} for era in texts}
    assert hooks["2024"] == {"RepositoryId"} < hooks["2026"]


def test_variables_say_where_the_old_call_had_their_values():
    (document,) = (d for d in told("git", "GET /api/repos") if d.form == "owner")
    known = {variable.name: variable for variable in document.variables}
    assert known["u"].stands_for == "`<u>` of the old path, without `~`; argument `username` of `user`"
    assert known["n"].stands_for == "argument `filter.count` of `repositories`"
    assert (known["u"].type, known["u"].example, known["n"].example) == ("String!", "jdoe", 50)


def test_cursors_are_null_and_tell_how_lists_go_on():
    documents = told("todo", "get-trackers-t-tickets-n-events")
    cursor = next(v for v in documents[0].variables if v.name == "cursor")
    assert cursor.example is None
    assert "then the `cursor` of the answer before" in cursor.stands_for
    given = next(v for d in documents for v in d.variables if v.name == "owner0")
    assert (given.type, given.example) == ("Cursor!", CURSOR)
    assert "owner1, owner2 and so on" in given.stands_for


def test_switches_say_what_they_choose():
    known = {v.name: v.stands_for for v in told("todo", "get-trackers-t-tickets-n-events")[0].variables}
    assert known["listed"] == "whether `rows` is wanted"
    assert known["sources"] == "whether `...source` is wanted"


def test_values_of_the_old_body_are_called_so():
    made = next(d for d in told("git", "POST /api/repos") if d.kind == "mutation")
    known = {v.name: v for v in made.variables}
    assert known["visibility"].stands_for.startswith("`visibility` of the old body; ")
    assert get_named_type(schema("git", "2024").type_map["Visibility"]).values.keys() >= {known["visibility"].example}
