"""Entries that lead nowhere, and what the eras say of them (era-2026, git 4.6)."""

from __future__ import annotations

import pytest

from ...conftest import ROOT, Client, open_client

PATHS = ["nope/x", "README.md/x", "/README.md", "nope//x"]
QUERY = 'query ($path: String!) { me { repository(name: "%s") { path(path: $path) { id } } } }'


@pytest.mark.parametrize("path", PATHS)
def test_a_path_through_what_is_no_directory_is_null_in_2026(git2026: Client, path: str) -> None:
    assert git2026.data(QUERY % "alpha", path=path) == {"me": {"repository": {"path": None}}}


@pytest.mark.parametrize("path", PATHS)
def test_before_it_was_a_panic(git: Client, path: str) -> None:
    assert git.errors(QUERY % "files", path=path) == ["internal system error"]


SUBMODULE = '{ me { repository(name: "files") { path(path: "vendor/sub") { id name mode %s } } } }'
MISSING = {"2024": "internal system error", "2026": f"lookup object {'0123456789' * 4}: object not found"}


@pytest.mark.parametrize("era", ["2024", "2026"])
def test_a_submodule_is_an_entry_without_an_object(era: str) -> None:
    client = open_client(ROOT, era)
    found = client.data(SUBMODULE % "")["me"]["repository"]["path"]
    assert found == {"id": "0123456789" * 4, "name": "sub", "mode": 0o160000}
    answer = client.ask(SUBMODULE % "object { id }")
    assert answer["data"]["me"]["repository"]["path"] is None
    assert [error["message"] for error in answer["errors"]] == [MISSING[era]]


def test_the_name_of_the_ssh_user(git2026: Client) -> None:
    assert git2026.data("{ version { settings { sshUser } } }")["version"]["settings"]["sshUser"] == "git"
