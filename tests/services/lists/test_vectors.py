"""The test vectors of the contract, as far as no recording holds them (lists 9)."""

from __future__ import annotations

from typing import Any

import pytest

from shim.services.lists.mails.mails import is_patch
from shim.services.lists.mails.series import last_of
from shim.services.lists.resources import name_of, printed
from tests.kit import Asker

DIFF = "diff --git a/a b/a\r\n"
PLAIN = "--- a/x\r\n+++ b/x\r\n@@ -1,2 +1 @@\r\n"


@pytest.mark.parametrize(
    ("index", "body", "patch"),
    [
        (None, "text", False),
        (1, "text", True),
        (0, "text", False),
        (0, DIFF, True),
        (None, DIFF, True),
        (None, PLAIN, True),
        (None, f"quoted\r\n{PLAIN}", True),
        (None, f"> {DIFF}", False),
        (None, "--- a/x\r\n+++ b/x\r\n", False),
    ],
)
def test_what_is_a_patch(index: int | None, body: str, patch: bool) -> None:
    assert is_patch({"patch": {"index": index}, "body": body}) is patch


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("Bob Example <bob@example.net>", "Bob Example <bob@example.net>"),
        ("B. Other <bob@example.com>", '"B. Other" <bob@example.com>'),
        ("=?utf-8?q?J=C3=B6rg?= <j@example.de>", "Jörg <j@example.de>"),
        ("bob@example.com", "bob@example.com"),
    ],
)
def test_headers_as_python_prints_them(header: str, shown: str) -> None:
    assert printed(header) == shown


@pytest.mark.parametrize(
    ("told", "stored", "name"),
    [
        ("m1@x", ["<m1@x>"], "<m1@x>"),
        ("m1@x", [" <m1@x>"], "<m1@x>"),
        ("m1@x", ["m1@x"], "m1@x"),
        ("<odd", [], "<odd"),
        ("m1@x", [], "<m1@x>"),
        ("", [], ""),
    ],
)
def test_names_in_brackets(told: str, stored: list[str], name: str) -> None:
    assert name_of({"message_id": told, "stored": stored}) == name


def patch(index: int, created: str) -> dict[str, Any]:
    return {"patch": {"index": index}, "created": created}


def test_the_last_patch_is_the_last_to_arrive_or_the_last_by_number() -> None:
    early, late = patch(2, "2024-01-01T00:00:01Z"), patch(1, "2024-01-01T00:00:01.5Z")
    assert last_of([early, late], "2024-01-01T00:00:02Z", "2026") is late
    assert last_of([early, late], "2025-06-01T00:00:02Z", "2026") is early
    assert last_of([early, late], "2025-06-01T00:00:02Z", "2024") is late
    assert last_of([], "2025-06-01T00:00:02Z", "2026") is None


@pytest.mark.parametrize(
    ("body", "status", "errors"),
    [
        ({"name": "bad name"}, 400, [("name", "Name must match ^[A-Za-z0-9._-]+$")]),
        ({"name": "demo-devel"}, 400, [(None, "A mailing list with this name already exists.")]),
        ({"name": True}, 400, [(None, "cannot use bool as String")]),
        ({}, 400, [("name", "Name is required")]),
    ],
)
def test_lists_that_cannot_be_made(lists: Asker, body: dict, status: int, errors: list) -> None:
    refused = lists.open("POST", "/api/lists", "jdoe", json=body)
    assert refused.status_code == status
    assert [(error.get("field"), error["reason"]) for error in refused.json["errors"]] == errors


def test_a_description_is_set_cleared_and_left(lists: Asker) -> None:
    path = "/api/lists/demo-devel"
    assert lists.open("PUT", path, "jdoe", json={"description": "new"}).json["description"] == "new"
    for nothing in ({}, {"description": None}, {"colour": "red"}):
        refused = lists.open("PUT", path, "jdoe", json=nothing)
        assert refused.json == {"errors": [{"reason": "update statements must have at least one Set clause"}]}
    assert lists.get(path, "jdoe")["description"] == "new"
    assert lists.open("PUT", path, "jdoe", json={"description": ""}).json["description"] is None
