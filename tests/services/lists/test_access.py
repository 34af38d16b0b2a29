"""What callers may see, with tokens that don't tell everything (lists 4.4)."""

from __future__ import annotations

import pytest

from shim.crypto import BearerToken
from tests.kit import FAR, Asker

READ = "lists.sr.ht/PROFILE:RO lists.sr.ht/LISTS:RO lists.sr.ht/EMAILS:RO lists.sr.ht/PATCHES:RO"


def status(lists: Asker, path: str, user: str, grants: str = READ) -> int:
    """The status of a GET with a token of these grants."""
    token = BearerToken(FAR, grants, "", user).mint(lists._keys.private_key)
    return lists.open("GET", path, headers={"Authorization": f"token {token}"}).status_code


@pytest.mark.parametrize(
    ("path", "user", "expected"),
    [
        ("/api/lists/demo-devel", "jdoe", 200),
        ("/api/lists/closed-desk/posts", "jdoe", 200),
        ("/api/user/~jdoe/lists/demo-devel/posts", "alice", 200),
        ("/api/user/~jdoe/lists/closed-desk", "alice", 404),
        ("/api/user/~jdoe/lists/closed-desk/patchsets/69", "alice", 404),
        ("/api/emails/46", "alice", 200),
        ("/api/emails/253", "alice", 404),
    ],
)
def test_without_a_grant_for_access_everybodys_rights_decide(lists: Asker, path: str, user: str, expected: int) -> None:
    assert status(lists, path, user) == expected


def test_an_own_access_stands_in_place_of_everybodys(lists: Asker) -> None:
    assert lists.open("GET", "/api/emails/270", "jdoe").status_code == 404
    assert lists.open("GET", "/api/emails/270", "bob").status_code == 200


@pytest.mark.parametrize("path", ["/api/emails", "/api/emails/46", "/api/lists/demo-devel/patchsets"])
def test_grants_that_a_route_needs_are_named(lists: Asker, path: str) -> None:
    assert status(lists, path, "jdoe", "lists.sr.ht/PROFILE:RO lists.sr.ht/LISTS:RO") == 403


def test_whom_a_list_is_hidden_from_hears_nothing(lists: Asker) -> None:
    for path in ("", "/posts", "/patchsets", "/patchsets/67", "/patchsets/67/patches", "/webhooks"):
        refused = lists.open("GET", f"/api/user/~jdoe/lists/secret-lab{path}", "bob")
        assert (refused.status_code, refused.json) == (404, {"errors": [{"reason": "404 not found"}]})
