"""Mutations: what the recordings leave open."""

from __future__ import annotations

from typing import Any

import pytest

from shim.sandbox.services.repositories.rows import ACL

from ...conftest import Client

CREATE = """
mutation ($name: String!) { createRepository(name: $name, visibility: PUBLIC) { id name } }
"""
UPDATE = "mutation ($id: Int!, $input: RepoInput!) { updateRepository(id: $id, input: $input) { id name readme } }"
DELETE = "mutation ($id: Int!) { deleteRepository(id: $id) { id } }"
READ = """
query ($owner: String!, $name: String!) {
  user(username: $owner) {
    repository(name: $name) { id name HEAD { name } references { results { name target } } }
  }
}
"""
LONG = "n" * 256


def _read(client: Client, name: str, owner: str = "jdoe") -> Any:
    return client.data(READ, owner=owner, name=name)["user"]["repository"]


def test_a_failed_creation_takes_an_id(git: Client) -> None:
    first = git.data(CREATE, name="one")["createRepository"]["id"]
    assert git.errors(CREATE, name="one") == ["A repository with this name already exists."]
    assert git.errors(CREATE, name="a b") == ["Invalid repository name 'a b' (must match ^[A-Za-z0-9._-]+$)"]
    assert git.data(CREATE, name="two")["createRepository"]["id"] == first + 2


def test_a_name_that_the_disk_refuses(git: Client) -> None:
    root = git.sandbox.instance.get("git.sr.ht", "repos")
    assert git.errors(CREATE, name=LONG) == [f"stat {root}/~jdoe/{LONG}/objects/info: file name too long"]
    assert git.errors(CREATE, name=LONG + "n") == ["pq: value too long for type character varying(256)"]
    assert git.errors(UPDATE, id=2, input={"name": LONG}) == [
        f"rename {root}/~jdoe/files {root}/~jdoe/{LONG}: file name too long",
        "validation failed",
    ]


@pytest.mark.parametrize(
    ("change", "messages"),
    [
        ({"readme": "a\0b"}, ['pq: invalid byte sequence for encoding "UTF8": 0x00']),
        ({"description": "d" * 1025}, ["pq: value too long for type character varying(1024)"]),
        ({"HEAD": "nowhere"}, ["reference not found", "validation failed"]),
        ({"name": None}, ["internal system error"]),
        ({"name": "weather"}, ["A repository with this name already exists.", "validation failed"]),
    ],
)
def test_a_refused_change_changes_nothing(git: Client, change: dict[str, Any], messages: list[str]) -> None:
    before = vars(git.store.repositories.get(2)).copy()
    assert git.errors(UPDATE, id=2, input={"description": "x", **change}) == messages
    assert vars(git.store.repositories.get(2)) == before


def test_an_old_name_leads_to_the_new_one_in_2026(git2026: Client) -> None:
    git2026.data(UPDATE, id=1, input={"name": "newer"})
    body = git2026.ask(READ, owner="jdoe", name="alpha")
    assert body["data"] == {"user": {"repository": None}}
    (error,) = body["errors"]
    assert error["extensions"] == {"code": "ERR_REDIRECT", "redirect": ["~jdoe", "newer"]}


def test_an_old_name_is_free_again(git: Client) -> None:
    git.data(UPDATE, id=2, input={"name": "newer"})
    assert _read(git, "files") is None
    git.data(CREATE, name="files")
    assert [ref["name"] for ref in _read(git, "files")["references"]["results"]] == ["HEAD"]


def test_head_moves_to_another_branch(git: Client) -> None:
    refs = [ref["name"] for ref in _read(git, "weather")["references"]["results"]]
    branch = next(name for name in refs if name.startswith("refs/heads/") and name != "refs/heads/master")
    git.data(UPDATE, id=1, input={"HEAD": branch.removeprefix("refs/heads/")})
    assert _read(git, "weather")["HEAD"] == {"name": branch}


def test_deleting_a_repository_deletes_all_that_hangs_on_it(git: Client) -> None:
    bob, row = git.store.users.named("bob"), git.store.repositories.get(2)
    git.store.acls.add(ACL(git.store.acls.take_id(), row, bob))
    git.data(UPDATE, id=2, input={"name": "newer"})
    git.data(DELETE, id=2)
    for table in (git.store.acls, git.store.redirects, git.store.artifacts):
        assert not [row for row in table if row.repository.id == 2]
    assert git.errors(DELETE, id=2) == ["No repository by ID 2 found for this user"]
