"""What of the recorded exchanges is a measure of the sandbox."""

from __future__ import annotations

from typing import Any

import pytest

from shim.sandbox.check.exchange import Item
from shim.sandbox.check.scope import Scope
from shim.sandbox.check.symbols import Difference

from ..conftest import ROOT, Client, open_client

UNKNOWN = 'Cannot query field "lost" on type "User".'
HOOK = "mutation ($config: UserWebhookInput!) { createUserWebhook(config: $config) { id } }"


def _item(document: str | None = None, body: Any = None, **more: Any) -> Item:
    return {"operation": "Op", "document": document, "response": {"status": 200, "body": body or {}}, **more}


@pytest.fixture
def scope(git: Client) -> Scope:
    """That of git.sr.ht, 2024."""
    return Scope(git.sandbox.services["git"])


def test_names_that_the_schema_has_not_are_out_of_scope(scope: Scope) -> None:
    assert scope.lacking(_item("{ me { username } }")) is None
    assert scope.lacking(_item("{ me { username lost } }")) == UNKNOWN
    assert scope.lacking(_item("{ me(lost: 1) { username } }")) == 'Unknown argument "lost" on field "Query.me".'


@pytest.mark.parametrize("document", ["{", "", "query { me }", "query A { version { major } } query B { me { id } }"])
def test_other_faults_of_a_document_are_a_measure(scope: Scope, document: str) -> None:
    assert scope.lacking(_item(document)) is None


def test_what_the_real_server_refused_for_the_same_name_is_a_measure(scope: Scope) -> None:
    refusal = {"errors": [{"message": UNKNOWN}]}
    assert scope.lacking(_item("{ me { username lost } }", refusal)) is None
    assert scope.lacking(_item("{ me { found lost } }", refusal)) is not None


@pytest.mark.parametrize("variables", [{"query": "{ me { lost } }"}, {"config": {"query": "{ me { lost } }"}}])
def test_so_is_the_query_of_a_webhook(scope: Scope, variables: dict[str, Any]) -> None:
    assert scope.lacking(_item("{ me { username } }", variables=variables)) == UNKNOWN
    refusal = {"errors": [{"message": f"Error validating webhook query: input:1: {UNKNOWN}\n"}]}
    assert scope.lacking(_item("{ me { username } }", refusal, variables=variables)) is None


def test_what_the_real_schema_lists_besides_is_out_of_scope(scope: Scope) -> None:
    query = '{ entity: __type(name: "Entity") { fields { name } } }'
    listed = {"entity": {"fields": [{"name": "canonicalName"}]}}
    assert scope.lacking(_item(query, {"data": listed})) is None
    listed["entity"]["fields"].append({"name": "lost"})
    assert scope.lacking(_item(query, {"data": listed})) == "Entity lists lost as well"


def test_routes(scope: Scope) -> None:
    dump = {"path": "/query/dump/1?x=1"}
    assert scope.lacking(_item(request=dump)) == "no route /query/dump/1"
    assert scope.lacking(_item(request=dump, body="404 page not found\n")) is None
    for path in ("/query", "/", "/query/api-meta.json", "/query/blob/1/00"):
        assert scope.lacking(_item(request={"path": path})) is None


def _hook(number: int, query: str) -> Item:
    return _item(HOOK, {"data": {"createUserWebhook": {"id": number}}}, variables={"config": {"query": query}})


def test_what_depends_on_a_mutation_that_was_not_played_follows_from_it(scope: Scope) -> None:
    delete = "mutation ($id: Int!) { deleteRepository(id: $id) { id } }"
    assert scope.following(_hook(9, "{ me { id } }")) is None
    assert scope.lacking(_hook(8, "{ me { lost } }")) == UNKNOWN
    assert scope.following(_item("{ me { id } }")) is None
    assert scope.following(_item(delete, variables={"id": 7})) is None
    assert scope.following(_item(delete, variables={"id": 8})) is not None
    assert scope.following(_hook(9, "{ me { id } }")) == "follows from Op, which was not played"
    assert scope.following(_item("query ($id: Int!) { userWebhook(id: $id) { id } }", variables={"id": 9})) is not None


def test_what_shows_a_row_that_was_not_made_follows_from_its_mutation(scope: Scope) -> None:
    assert scope.lacking(_hook(8, "{ me { lost } }")) == UNKNOWN
    shown = {"data": {"userWebhooks": {"results": [{"id": 8}]}}}
    assert scope.following(_item("{ userWebhooks { results { id } } }", shown)) is not None


def test_anything_may_follow_from_a_mutation_that_shows_no_row(scope: Scope) -> None:
    assert scope.lacking(_item("mutation { importAll }", {"data": {"importAll": True}})) is not None
    assert scope.following(_item("{ me { id } }")) == "follows from Op, which was not played"


@pytest.fixture
def untold() -> Scope:
    """That of lists.sr.ht, 2026, whose data set tells of no sequences."""
    return Scope(open_client(ROOT / "era2026", "2026", "lists").sandbox.services["lists"])


def test_what_a_data_set_without_sequences_does_not_tell(untold: Scope) -> None:
    number, row = Difference("$.data.a.id", 1, 2), Difference("$.data.a.name", 1, 2)
    subscribe = _item("mutation { mailingListSubscribe(listID: 1) { id } }")
    assert untold.untold(subscribe, number) == "how far the sequence is, the data set does not tell"
    assert untold.untold(subscribe, row) is None
    sent = _item("{ me { emails { results { id } } } }")
    assert untold.untold(sent, number) == "how the rows of User.emails lie, the data set does not tell"
    assert untold.untold(_item("{ me { lists { results { id } } } }"), number) is None


def test_a_data_set_with_sequences_tells_all(scope: Scope) -> None:
    assert scope.untold(_hook(9, "{ me { id } }"), Difference("$.data.createUserWebhook.id", 9, 10)) is None


def test_a_request_whose_body_is_not_recorded(scope: Scope) -> None:
    difference = Difference("status", 400, [422, ""])
    for method, known in (("POST", False), ("GET", True)):
        asked = _item(request={"method": method, "path": "/query"})
        assert (scope.untold(asked, difference) is None) is known
    assert scope.untold(_item(request={"method": "POST", "path": "/query", "body": "["}), difference) is None


def test_a_mutation_that_the_real_server_refused_changed_nothing(scope: Scope) -> None:
    refused = {**_hook(8, "{ me { lost } }"), "response": {"status": 200, "body": {"data": None, "errors": []}}}
    assert scope.lacking(refused) is not None
    assert scope.following(_hook(9, "{ me { id } }")) is None
