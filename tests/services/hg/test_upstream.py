"""What hg asks upstream, a cassette for each group of routes (hg 4.2, 4.3). How to record: `tests/cassettes.py`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from vcr.cassette import Cassette

from shim.upstream import EVERYTHING
from tests.kit import Asker

pytestmark = pytest.mark.vcr


def asked(vcr: Cassette, operation: str) -> list[dict[str, Any]]:
    """The variables that an operation was sent with, call by call."""
    sent = [json.loads(request.body) for request in vcr.requests]
    return [one["variables"] for one in sent if one["operation"] == operation]


def test_users(hg: Asker) -> None:
    assert hg.get("/api/user", "maya")["location"] == "Porto"
    assert hg.get("/api/user/~alice", "maya")["canonical_name"] == "~alice"
    assert hg.open("GET", "/api/user/~nobody", "maya").status_code == 404
    assert hg.get("/api/version", "") == {"version": "unknown"}


def test_listing_takes_one_call(hg: Asker, vcr: Cassette) -> None:
    page = hg.get("/api/repos", "jdoe")
    assert ([row["id"] for row in page["results"]], page["next"]) == ([*range(159, 109, -1)], "109")
    assert [row["id"] for row in hg.get("/api/~alice/repos?start=202", "jdoe")["results"]] == [202, 201]
    sealed = {"sealed": {"count": EVERYTHING, "next": "", "search": ""}}
    assert asked(vcr, "Repositories") == [{"cursor": sealed}, {"u": "alice", "cursor": sealed}]


def test_listing_without_the_network_key(hg_walking: Asker, vcr: Cassette) -> None:
    page = hg_walking.get("/api/repos?start=109", "jdoe")
    assert ([row["id"] for row in page["results"]], page["total"]) == ([*range(109, 99, -1)], 60)
    cursors = [variables["cursor"] for variables in asked(vcr, "Repositories")]
    assert [cursor and cursor["sealed"]["count"] for cursor in cursors] == [None, 25, 25]


def test_repositories(hg: Asker) -> None:
    loom = hg.get("/api/repos/loom", "maya")
    assert (loom["id"], loom["updated"]) == (311, "2024-06-03T09:15:22+00:00")
    assert hg.get("/api/~maya/repos/dotfiles", "jdoe")["visibility"] == "unlisted"
    assert hg.open("GET", "/api/~maya/repos/notes", "jdoe").status_code == 404
    assert hg.open("GET", "/api/repos/nosuch", "Internal maya").status_code == 404


def test_creating(hg: Asker, vcr: Cassette) -> None:
    shuttle = {"name": "shuttle", "description": "Bobbin driver", "visibility": "PRIVATE"}
    made = hg.open("POST", "/api/repos", "maya", json=shuttle)
    assert (made.status_code, made.json["id"], made.json["visibility"]) == (201, 312, "private")
    made = hg.open("POST", "/api/repos", "maya", data={"name": "bobbin"})
    assert (made.status_code, made.json["visibility"], made.json["description"]) == (201, "public", None)
    refused = hg.open("POST", "/api/repos", "maya", json={"name": "loom", "description": "x"})
    assert refused.json == {"errors": [{"field": "name", "reason": "A repository with this name already exists."}]}
    assert hg.open("POST", "/api/repos", "maya", json={"description": "x"}).status_code == 400
    bobbin = {"name": "bobbin", "visibility": "PUBLIC"}
    loom = {"name": "loom", "visibility": "PUBLIC", "description": "x"}
    assert asked(vcr, "CreateRepository") == [shuttle, bobbin, loom]


def test_changing(hg: Asker, vcr: Cassette) -> None:
    changed = hg.open("PUT", "/api/repos/notes", "maya", json={"description": "", "name": None})
    assert (changed.status_code, changed.json["description"]) == (200, None)
    assert hg.open("PUT", "/api/repos/loom", "maya", json={}).json["description"] == "Weaving pattern compiler"
    assert hg.open("PUT", "/api/repos/nosuch", "maya", json={"description": "x"}).status_code == 404
    assert asked(vcr, "UpdateRepository") == [{"id": 275, "input": {"description": None}}]
    assert len(asked(vcr, "RepositoryId")) == 3


def test_deleting(hg: Asker, vcr: Cassette) -> None:
    assert [hg.open("DELETE", "/api/repos/notes", "maya").status_code for _ in range(2)] == [204, 404]
    assert asked(vcr, "DeleteRepository") == [{"id": 275}]


def test_readmes(hg: Asker, vcr: Cassette) -> None:
    assert hg.open("GET", "/api/repos/dotfiles/readme", "maya").data == b"<p>dots</p>"
    assert hg.open("GET", "/api/~maya/repos/loom/readme", "jdoe").data == b"{}"
    sent = {"data": "<p>ü</p>".encode(), "content_type": "text/html"}
    assert hg.open("PUT", "/api/repos/loom/readme", "maya", **sent).status_code == 204
    assert hg.open("DELETE", "/api/repos/dotfiles/readme", "maya").status_code == 204
    inputs = [{"readme": "<p>ü</p>"}, {"readme": None}]
    assert [variables["input"] for variables in asked(vcr, "UpdateRepository")] == inputs


def test_files(hg: Asker, vcr: Cassette) -> None:
    assert hg.open("GET", "/api/repos/loom/raw/README.md", "maya").data == b"# Loom\n"
    assert hg.open("GET", "/api/repos/loom/raw/README.markdown", "maya").status_code == 404
    assert hg.open("GET", "/api/~alice/repos/files/raw/README.md?rev=1.0", "maya").data == b"# Files 1.0\n"
    assert hg.open("GET", "/api/~alice/repos/files/raw/logo.png", "maya").status_code == 501
    assert [variables["rev"] for variables in asked(vcr, "Raw")] == [None, None, "1.0", None]


def test_webhooks(hg: Asker) -> None:
    assert hg.get("/api/user/webhooks", "alice")["results"] == []
    assert hg.open("GET", "/api/user/webhooks/41", "alice").status_code == 404
    assert hg.open("DELETE", "/api/user/webhooks/57", "maya").status_code == 404
    assert hg.get("/api/user/webhooks", "Internal maya")["total"] == 0
    assert hg.open("POST", "/api/~maya/repos/loom/webhooks", "maya", json={}).status_code == 501
