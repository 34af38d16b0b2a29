"""Writing repositories: what is sent, and what a setting changes (git 2.1, 4.2)."""

from __future__ import annotations

import json
import re

import pytest

from shim.services import discover
from shim.upstream import Kind, Upstream, UpstreamError
from tests.kit import Asker

OWNED = {"data": {"owner": {"repository": {"id": 7, "owner": {"canonical_name": "~ann", "name": "ann"}}}}}
SUSPENDED = json.dumps(
    {"errors": [{"message": "Account suspended with the following notice: spam\nContact support", "extensions": {}}]}
)


def repository(visibility):
    times = dict.fromkeys(("created", "updated"), "2024-01-01T00:00:00Z")
    return {"id": 7, **times, "name": "r", "visibility": visibility}


@pytest.mark.parametrize("era", ["2024", "2026"])
def test_a_form_creates_a_repository_as_json_does(ask, era):
    answer = ask(era).open("POST", "/api/repos", "jdoe", data={"name": "from-form", "visibility": "unlisted"})
    assert answer.status_code == 201
    assert (answer.json["name"], answer.json["visibility"]) == ("from-form", "unlisted")


def test_an_operator_may_let_an_absent_visibility_mean_public(script):
    script.steps = [{"data": {"createRepository": repository("PUBLIC")}}]
    asker = Asker("git", script.origin, {("git.sr.ht::shim", "default-visibility"): "public"})
    answer = asker.open("POST", "/api/repos", "ann", json={"name": "r"})
    assert (answer.status_code, answer.json["visibility"]) == (201, "public")
    assert answer.json["owner"] == {"canonical_name": "~ann", "name": "ann"}
    assert script.asked[0]["variables"] == {"name": "r", "visibility": "PUBLIC"}


def test_an_update_sends_what_was_given_and_nothing_else(script):
    script.steps = [OWNED, {"data": {"updateRepository": repository("PRIVATE")}}]
    answer = Asker("git", script.origin).open(
        "PUT", "/api/repos/r", "ann", json={"description": "", "visibility": "private", "name": None, "x": 1}
    )
    assert answer.status_code == 200
    assert answer.json["owner"] == {"canonical_name": "~ann", "name": "ann"}
    assert script.asked[1]["variables"] == {"id": 7, "input": {"description": None, "visibility": "PRIVATE"}}


def test_an_empty_name_is_refused_without_letting_the_api_panic(script):
    script.steps = [OWNED]
    answer = Asker("git", script.origin).open("PUT", "/api/repos/r", "ann", json={"name": ""})
    assert (answer.status_code, answer.json) == (400, {"errors": [{"reason": "internal system error"}]})
    assert len(script.asked) == 1


@pytest.mark.parametrize(("method", "status"), [("PUT", 400), ("DELETE", 500)])
def test_a_suspended_user_for_whom_another_service_speaks(script, method, status):
    script.steps = [(403, "application/json", SUSPENDED)]
    answer = Asker("git", script.origin).open(method, "/api/repos/r", "Internal eve")
    assert answer.status_code == status


def test_a_refused_mutation_is_not_sent_again(script):
    script.steps = [OWNED, {"data": None, "errors": [{"message": "no", "path": ["deleteRepository"]}]}]
    answer = Asker("git", script.origin).open("DELETE", "/api/repos/r", "ann")
    assert (answer.status_code, answer.json) == (400, {"errors": [{"reason": "no"}]})
    assert len(script.asked) == 2


@pytest.mark.parametrize(
    ("number", "text"),
    [("5", "5"), ("-1", "-1"), ("1.50", "1.5"), ("99999999999", "99999999999"), ("1" + "0" * 30, "1" + "0" * 30)],
)
def test_numbers_of_any_size_become_texts(ask, number, text):
    asker = ask()
    body = f'{{"name": {number}, "description": {number}, "visibility": "public"}}'
    made = asker.open("POST", "/api/repos", "jdoe", data=body, content_type="application/json")
    assert (made.status_code, made.json["name"], made.json["description"]) == (201, text, text)
    changed = asker.open(
        "PUT", f"/api/repos/{text}", "jdoe", data=f'{{"description": {number}0}}', content_type="application/json"
    )
    assert changed.status_code == 200, changed.text


def test_a_number_beyond_all_bounds_is_too_long_a_name(ask):
    body = f'{{"name": {"9" * 400}, "visibility": "public"}}'
    answer = ask().open("POST", "/api/repos", "jdoe", data=body, content_type="application/json")
    assert answer.json == {"errors": [{"reason": "pq: value too long for type character varying(256)"}]}


def discovered(name):
    return next(service for service in discover() if service.name == name)


LOADERS = {"owner", "user", "me"}


@pytest.mark.parametrize("service", ["git", "hg"])
def test_no_mutation_asks_for_what_is_loaded_after_it_was_done(service):
    operations = [o for o in discovered(service).operations.every() if o.is_mutation]
    assert operations
    for operation in operations:
        assert not LOADERS & set(re.findall(r"\w+", operation.text.partition("{")[2])), operation.name


@pytest.mark.parametrize("key", ["known", "unknown"])
def test_whose_a_new_repository_is_comes_from_the_credential_or_is_asked_before(script, key):
    me = {"data": {"owner": {"canonical_name": "~eve", "name": "eve"}}}
    made = {"data": {"createRepository": repository("PUBLIC")}}
    script.steps = [made] if key == "known" else [me, made]
    settings = {} if key == "known" else {("sr.ht", "network-key"): ""}
    asker = Asker("git", script.origin, settings)
    answer = asker.open("POST", "/api/repos", "Internal eve", json={"name": "r", "visibility": "public"})
    assert (answer.status_code, answer.json["owner"]) == (201, {"canonical_name": "~eve", "name": "eve"})


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("POST", "/api/repos", "it is not known whether the repository was made"),
        ("DELETE", "/api/repos/r", "look whether it was done before you send it again"),
    ],
)
def test_a_mutation_whose_answer_was_lost_is_told_in_words(script, monkeypatch, method, path, told):
    execute = Upstream.execute

    def losing(upstream, operation, *arguments):
        if operation.is_mutation:
            raise UpstreamError(Kind.LOST, "the connection was closed")
        return execute(upstream, operation, *arguments)

    monkeypatch.setattr(Upstream, "execute", losing)
    script.steps = [OWNED]
    answer = Asker("git", script.origin).open(method, path, "ann", json={"name": "r", "visibility": "public"})
    assert answer.status_code == 502
    (error,) = answer.json["errors"]
    assert error["reason"].startswith("git.sr.ht took this request, or may have,")
    assert told in error["reason"]
