"""The plain HTTP routes of 2026."""

from __future__ import annotations

import hashlib

import pytest

from ...conftest import Client

BLOB = """
{ me { repository(name: "alpha") { id path(path: "README.md") { id object { ... on Blob { size } } } } } }
"""


def _readme(client: Client) -> tuple[str, int]:
    found = client.data(BLOB)["me"]["repository"]
    return f"/query/blob/{found['id']}/{found['path']['id']}", found["path"]["object"]["size"]


@pytest.mark.parametrize("user", ["jdoe", "alice"])
def test_a_blob(git2026: Client, user: str) -> None:
    path, size = _readme(git2026)
    answer = git2026.open(path, headers=git2026.bearer(user))
    body = answer.get_data()
    assert (answer.status_code, answer.content_type) == (200, "application/octet-stream")
    assert hashlib.sha1(b"blob %d\0" % size + body, usedforsecurity=False).hexdigest() == path[-40:]


def test_a_blob_without_its_body(git2026: Client) -> None:
    path, size = _readme(git2026)
    answer = git2026.open(path, "HEAD", headers=git2026.bearer("jdoe"))
    assert (answer.get_data(), answer.content_length) == (b"", size)


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("POST", "/query/blob/1/" + "1" * 40, 405, "Method not allowed\r\n"),
        ("GET", "/query/blob/1/" + "1" * 40, 400, "object not found"),
        ("GET", "/query/blob/9999/" + "1" * 40, 404, "Invalid repository ID"),
        ("GET", "/query/blob/one/" + "1" * 40, 404, "Invalid repository ID"),
        ("GET", "/query/blob/\u0661/" + "1" * 40, 404, "Invalid repository ID"),
        ("GET", f"/query/blob/{2**31}/x", 500, ""),
        ("GET", "/query/blob/1", 404, "404 page not found\n"),
        ("GET", "/query/artifact/sha256:00/x", 404, "404 page not found\n"),
    ],
)
def test_what_is_refused(git2026: Client, method: str, path: str, status: int, text: str) -> None:
    answer = git2026.open(path, method, headers=git2026.bearer("jdoe"))
    assert (answer.status_code, answer.get_data(as_text=True)) == (status, text)


def test_a_private_repositorys_blobs_are_its_readers_own(git2026: Client) -> None:
    git2026.data("mutation { updateRepository(id: 1, input: {visibility: PRIVATE}) { id } }")
    path, _ = _readme(git2026)
    assert git2026.open(path, headers=git2026.bearer("jdoe")).status_code == 200
    assert git2026.open(path, headers=git2026.bearer("newbie")).status_code == 404


def test_nobody_without_a_token_gets_a_blob(git2026: Client) -> None:
    assert git2026.open(_readme(git2026)[0]).status_code == 401
