"""Repositories of hg.sr.ht: what it shares with git.sr.ht as hg shows it (hg 4)."""

from __future__ import annotations

import json

import pytest

from ...conftest import Client

CREATE = """mutation ($name: String!, $visibility: Visibility = PUBLIC) {
  createRepository(name: $name, visibility: $visibility) { id name readme nonPublishing }
}"""
UPDATE = "mutation ($id: Int!, $input: RepoInput!) { updateRepository(id: $id, input: $input) { name nonPublishing } }"
ACLS = """query ($r: String!) {
  me { repository(name: $r) { accessControlList { results { entity { canonicalName } mode } } } }
}"""
NAMED = "query ($u: String!, $r: String!) { user(username: $u) { repository(name: $r) { id } } }"


def test_a_new_repository_is_empty_and_publishing(hg: Client) -> None:
    made = hg.data(CREATE, user="maya", name="warp")["createRepository"]
    assert made == {"id": 312, "name": "warp", "readme": None, "nonPublishing": False}
    assert hg.errors('{ me { repository(name: "warp") { cat(path: "a") } } }', user="maya") == [
        "a: no such file in rev 000000000000"
    ]


def test_failures_leave_no_data_at_all(hg: Client) -> None:
    answer = hg.ask(CREATE, user="maya", name="loom")
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"] == {"field": "name"}


def test_a_refused_name_uses_up_an_id(hg: Client) -> None:
    hg.errors(CREATE, user="maya", name="loom")
    assert hg.data(CREATE, user="maya", name="warp")["createRepository"]["id"] == 313


def test_names_that_the_disk_does_not_take(hg: Client) -> None:
    (message,) = hg.errors(CREATE, user="maya", name="x" * 256)
    assert message.endswith(f"/~maya/{'x' * 256}/.hg: file name too long")


@pytest.mark.parametrize(("given", "column"), [("visibility", "visibility"), ("nonPublishing", "non_publishing")])
def test_columns_that_cannot_be_null(hg: Client, given: str, column: str) -> None:
    (message,) = hg.errors(UPDATE, user="maya", id=311, input={given: None})
    assert message == f'pq: null value in column "{column}" of relation "repository" violates not-null constraint'


def test_only_what_the_input_names_changes(hg: Client) -> None:
    changed = hg.data(UPDATE, user="maya", id=311, input={"nonPublishing": True})
    assert changed["updateRepository"] == {"name": "loom", "nonPublishing": True}
    assert hg.data(UPDATE, user="maya", id=311, input={"description": "x"}) == changed


def test_the_access_list_is_for_the_owner(hg: Client) -> None:
    found = hg.data(ACLS, user="alice", r="shared")["me"]["repository"]["accessControlList"]["results"]
    assert found == [
        {"entity": {"canonicalName": "~bob"}, "mode": "RW"},
        {"entity": {"canonicalName": "~jdoe"}, "mode": "RO"},
    ]
    asked = '{ user(username: "alice") { repository(name: "shared") { accessControlList { cursor } } } }'
    assert hg.errors(asked, user="jdoe") == ["Access denied"]


def test_access_is_given_and_taken(hg: Client) -> None:
    given = hg.data('mutation { updateACL(repoId: 275, mode: RO, entity: "~jdoe") { id } }', user="maya")
    assert hg.data(NAMED, user="jdoe", u="maya", r="notes")["user"]["repository"] == {"id": 275}
    hg.data("mutation ($id: Int!) { deleteACL(id: $id) { id } }", user="maya", id=given["updateACL"]["id"])
    assert hg.data(NAMED, user="jdoe", u="maya", r="notes")["user"]["repository"] is None


def test_old_names(hg: Client, hg2026: Client) -> None:
    assert hg.data(NAMED, user="maya", u="alice", r="old-files") == {"user": {"repository": None}}
    (error,) = hg2026.ask(NAMED, user="maya", u="alice", r="old-files")["errors"]
    assert error["extensions"] == {"code": "ERR_REDIRECT", "redirect": ["~alice", "files"]}


def test_resource_ids_came_in_2026(hg: Client, hg2026: Client) -> None:
    asked = '{ me { repository(name: "loom") { rid } } }'
    rid = hg2026.data(asked, user="maya")["me"]["repository"]["rid"]
    found = hg2026.data("query ($rid: ID!) { repository(rid: $rid) { name } }", user="jdoe", rid=rid)
    assert found == {"repository": {"name": "loom"}}
    assert hg.errors(asked, user="maya")[0].startswith('Cannot query field "rid" on type "Repository".')


def test_events_are_delivered_to_the_owner(hg: Client) -> None:
    hg.data(UPDATE, user="alice", id=201, input={"description": "x"})
    hg.sandbox.drain()
    ((url, headers, body),) = hg.receiver.got
    assert (url, headers["X-Webhook-Event"]) == ("https://receiver.example.net/native", "REPO_UPDATE")
    assert json.loads(body)["data"]["webhook"]["event"] == "REPO_UPDATE"


def test_deleting_a_user_deletes_the_repositories(hg: Client) -> None:
    assert hg.data("mutation { deleteUser }", user="maya", internal=True) == {"deleteUser": 7}
    assert [row.name for row in hg.store.repositories if row.owner.username == "maya"] == []
    assert len(hg.store.repositories) == 67
