"""Patchsets: who may change them, what a change is, and tools by their keys (lists rows 33 to 42)."""

from __future__ import annotations

import pytest

from tests.kit import Asker
from tests.services.lists.kit import Archive, operations

ONE = "/api/lists/demo-devel/patchsets/9"
OTHERS = "/api/user/~jdoe/lists/demo-devel/patchsets/9"
TOOL = {"icon": "pending", "details": "Running", "key": "ci"}


@pytest.mark.parametrize(
    "status", ["unknown", "proposed", "needs_revision", "superseded", "approved", "rejected", "applied"]
)
def test_every_status_may_follow_every_other(lists: Asker, status: str) -> None:
    before = lists.get(ONE, "jdoe")
    changed = lists.open("PUT", ONE, "jdoe", json={"status": status})
    assert (changed.status_code, changed.json) == (200, {**before, "status": status})
    assert lists.get(ONE, "jdoe") == changed.json


@pytest.mark.parametrize(("user", "status"), [("alice", 401), ("bob", 401), ("root", 401)])
@pytest.mark.parametrize("path", [OTHERS, f"{OTHERS}/tools", "/api/user/~jdoe/lists/demo-devel/patchsets/999999"])
def test_only_the_owner_changes_anything(lists: Asker, path: str, user: str, status: int) -> None:
    before = lists.get(OTHERS, "jdoe")
    for body in ({"status": "applied", **TOOL}, {}):
        refused = lists.open("PUT", path, user, json=body)
        assert (refused.status_code, refused.json) == (status, {"errors": [{"reason": "401 unauthorized"}]})
    assert lists.get(OTHERS, "jdoe") == before


def test_a_status_that_is_none_is_refused_before_anything_is_sent(lists: Asker) -> None:
    refused = lists.open("PUT", ONE, "jdoe", json={"status": "APPLIED"})
    assert refused.json == {"errors": [{"field": "status", "reason": "status should be a valid PatchsetStatus"}]}
    assert "UpdatePatchset" not in operations(refused)


def test_a_tool_is_changed_by_its_key(lists: Asker, archive: Archive) -> None:
    tools = archive.store.tools
    before = len(list(tools))
    for icon in ("pending", "success"):
        answer = lists.open("PUT", f"{ONE}/tools", "jdoe", json={**TOOL, "icon": icon})
        assert (answer.status_code, answer.json) == (200, {})
    lists.open("PUT", f"{ONE}/tools", "jdoe", json={**TOOL, "key": "lint"})
    made = list(tools)[before:]
    assert sorted((tool.icon, tool.details) for tool in made) == [("PENDING", "Running"), ("SUCCESS", "Running")]


def test_a_tool_that_is_gone_is_made_again(lists: Asker, archive: Archive) -> None:
    body = {**TOOL, "key": "again"}
    lists.open("PUT", f"{ONE}/tools", "jdoe", json=body)
    tools = archive.store.tools
    tools.remove(list(tools)[-1])
    before = len(list(tools))
    assert lists.open("PUT", f"{ONE}/tools", "jdoe", json=body).json == {}
    assert len(list(tools)) == before + 1


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, ["icon is required", "details is required", "key is required"]),
        ({**TOOL, "icon": "SUCCESS"}, ["icon should be a valid ToolIcon", "icon is required"]),
        ({**TOOL, "icon": 5}, ["icon should be an str"]),
        ({**TOOL, "icon": []}, ["icon should be an str", "icon is required"]),
        ({**TOOL, "details": None}, ["details may not be null", "details is required"]),
        ({**TOOL, "key": ""}, ["key is required"]),
    ],
)
def test_fields_of_tools(lists: Asker, body: dict, errors: list[str]) -> None:
    refused = lists.open("PUT", f"{ONE}/tools", "jdoe", json=body)
    assert refused.status_code == 400
    assert [error["reason"] for error in refused.json["errors"]] == errors


@pytest.mark.parametrize(("key", "status"), [("k" * 128, 200), ("k" * 129, 500), (5, 500), (True, 500)])
def test_keys_of_tools(lists: Asker, key: object, status: int) -> None:
    assert lists.open("PUT", f"{ONE}/tools", "jdoe", json={**TOOL, "key": key}).status_code == status


@pytest.mark.parametrize(("details", "stored"), [(5, "5"), (["x"], "{x}"), ("<b>&", "<b>&")])
def test_details_of_tools_as_the_column_took_them(lists: Asker, archive: Archive, details: object, stored: str) -> None:
    lists.open("PUT", f"{ONE}/tools", "jdoe", json={**TOOL, "details": details, "key": f"k{details}"})
    assert list(archive.store.tools)[-1].details == stored


def test_a_patchset_of_another_list_is_missing(lists: Asker) -> None:
    for path in ("/api/lists/demo-announce/patchsets/9", "/api/lists/demo-announce/patchsets/9/patches"):
        assert lists.open("GET", path, "jdoe").status_code == 404


def test_many_patches_come_out_of_one_archive(lists: Asker) -> None:
    answer = lists.open("GET", "/api/lists/demo-devel/patchsets/14/patches", "jdoe")
    assert len(answer.json["results"]) == 27
    assert operations(answer)["GET"] == 1
