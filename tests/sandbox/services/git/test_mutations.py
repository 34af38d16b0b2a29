"""Mutations: what the recordings leave open."""

from __future__ import annotations

from typing import Any

import pytest

from ...conftest import Client

CREATE = """
mutation ($name: String!, $url: String) {
  createRepository(name: $name, visibility: PUBLIC, cloneUrl: $url) { id name }
}
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


def test_a_clone_of_a_repository_of_the_instance_is_a_copy(git: Client) -> None:
    url = f"{git.sandbox.instance.get('git.sr.ht', 'origin')}/~jdoe/files"
    git.data(CREATE, name="copy", url=url, user="alice")
    source, copy = _read(git, "files"), _read(git, "copy", "alice")
    assert copy["id"] != source["id"]
    assert {**copy, "id": 0, "name": ""} == {**source, "id": 0, "name": ""}


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/~jdoe/secret", "Repository not found"),
        ("/jdoe/files", "Invalid username"),
        ("", "Invalid username"),
    ],
)
def test_what_cannot_be_cloned(git: Client, path: str, message: str) -> None:
    url = f"{git.sandbox.instance.get('git.sr.ht', 'origin')}{path}"
    assert git.errors(CREATE, name="copy", url=url, user="bob") == [message]


@pytest.mark.parametrize("scheme", ["ssh", "file", "ext"])
def test_protocols_that_are_not_cloned_over(git: Client, scheme: str) -> None:
    url = f"{scheme}://git.example.com/x"
    assert git.errors(CREATE, name="copy", url=url) == [f'Unsupported protocol "{scheme}"']


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
    acl = 'mutation ($id: Int!) { updateACL(repoId: $id, mode: RW, entity: "~bob") { id } }'
    git.data(acl, id=2)
    git.data(UPDATE, id=2, input={"name": "newer"})
    git.data(DELETE, id=2)
    for table in (git.store.acls, git.store.redirects, git.store.artifacts):
        assert not [row for row in table if row.repository.id == 2]
    assert git.errors(DELETE, id=2) == ["No repository by ID 2 found for this user"]


def test_deleting_a_user_deletes_what_they_own(git: Client) -> None:
    deleted = git.data("mutation { deleteUser }", internal=True)
    assert deleted == {"deleteUser": git.store.users.named("jdoe").id}
    assert {row.owner.username for row in git.store.repositories} & {"jdoe", "alice"} == {"alice"}
