"""What of the recorded exchanges is a measure of the sandbox."""

from __future__ import annotations

from typing import Any

import pytest

from shim.sandbox.check.exchange import Item
from shim.sandbox.check.scope import Scope

from ..conftest import Client

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


def test_a_mutation_that_the_real_server_refused_changed_nothing(scope: Scope) -> None:
    refused = {**_hook(8, "{ me { lost } }"), "response": {"status": 200, "body": {"data": None, "errors": []}}}
    assert scope.lacking(refused) is not None
    assert scope.following(_hook(9, "{ me { id } }")) is None
