"""Repositories of hg.sr.ht: what it shares with git.sr.ht as hg shows it (hg 4)."""

from __future__ import annotations

import json

from shim.sandbox.services.repositories.rows import ACL

from ...conftest import Client

CREATE = """mutation ($name: String!, $visibility: Visibility = PUBLIC) {
  createRepository(name: $name, visibility: $visibility) { id name readme }
}"""
UPDATE = "mutation ($id: Int!, $input: RepoInput!) { updateRepository(id: $id, input: $input) { name visibility } }"
NAMED = "query ($u: String!, $r: String!) { user(username: $u) { repository(name: $r) { id } } }"


def test_a_new_repository_is_empty(hg: Client) -> None:
    made = hg.data(CREATE, user="maya", name="warp")["createRepository"]
    assert made == {"id": 312, "name": "warp", "readme": None}
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


def test_a_visibility_cannot_be_null(hg: Client) -> None:
    (message,) = hg.errors(UPDATE, user="maya", id=311, input={"visibility": None})
    assert message == 'pq: null value in column "visibility" of relation "repository" violates not-null constraint'


def test_only_what_the_input_names_changes(hg: Client) -> None:
    changed = hg.data(UPDATE, user="maya", id=311, input={"visibility": "PRIVATE"})
    assert changed["updateRepository"] == {"name": "loom", "visibility": "PRIVATE"}
    assert hg.data(UPDATE, user="maya", id=311, input={"description": "x"}) == changed


def test_a_private_repository_is_for_those_with_access(hg: Client) -> None:
    assert hg.data(NAMED, user="jdoe", u="maya", r="notes")["user"]["repository"] is None
    row, jdoe = hg.store.repositories.get(275), hg.store.users.named("jdoe")
    hg.store.acls.add(ACL(hg.store.acls.take_id(), row, jdoe))
    assert hg.data(NAMED, user="jdoe", u="maya", r="notes")["user"]["repository"] == {"id": 275}


def test_old_names(hg: Client, hg2026: Client) -> None:
    assert hg.data(NAMED, user="maya", u="alice", r="old-files") == {"user": {"repository": None}}
    (error,) = hg2026.ask(NAMED, user="maya", u="alice", r="old-files")["errors"]
    assert error["extensions"] == {"code": "ERR_REDIRECT", "redirect": ["~alice", "files"]}


def test_events_are_delivered_to_the_owner(hg: Client) -> None:
    hg.data(UPDATE, user="alice", id=201, input={"description": "x"})
    hg.sandbox.drain()
    ((url, headers, body),) = hg.receiver.got
    assert (url, headers["X-Webhook-Event"]) == ("https://receiver.example.net/native", "REPO_UPDATE")
    assert json.loads(body)["data"]["webhook"]["event"] == "REPO_UPDATE"
