"""Habits of real clients of paste.sr.ht's old API (clients 1, 5): what the shim must not break for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tests.kit import Asker

EMPTY = {"data": '""', "content_type": "application/json"}
KIND = {"content_type": "application/json"}


def walk(paste: Asker, user: str, following: str | None = "") -> Iterator[dict[str, Any]]:
    """Every paste, as clients go on: by whatever `next` says, pasted in unquoted, until it is null."""
    totals = set()
    while following is not None:
        page = paste.get(f"/api/pastes?start={following}" if following else "/api/pastes", user)
        assert (type(page["total"]), page["results_per_page"]) == (int, 50)
        totals.add(page["total"])
        yield from page["results"]
        following = page["next"]
        assert following is None or re.fullmatch("[0-9]+", following)
    assert len(totals) == 1


def post(paste: Asker, body: Any, **request: Any) -> Any:
    """A new paste, which is told with exactly 201."""
    answer = paste.open("POST", "/api/pastes", "alder", json=body, **request)
    assert answer.status_code == 201, answer.text
    return answer.json


class TestSourcehutGo:
    """sourcehut-go (C1): typed structs, all pages, a visibility never sent."""

    def test_all_pages_have_their_types_and_every_paste_once(self, paste: Asker) -> None:
        found = list(walk(paste, "jdoe"))
        assert len({row["sha"] for row in found}) == len(found) == 60
        for row in found:
            assert list(row) == ["created", "visibility", "sha", "user", "files"]
            assert row["user"] == {"canonical_name": "~jdoe", "name": "jdoe"}
            assert datetime.fromisoformat(row["created"]).tzinfo is not None
            assert all(type(file["blob_id"]) is str for file in row["files"])

    def test_it_makes_one_and_reads_it_and_its_blob(self, paste: Asker) -> None:
        assert type(paste.get("/api/version", "alder")["version"]) is str
        made = post(paste, {"files": [{"filename": "a.txt", "contents": "text"}]})
        assert made["visibility"] == "unlisted"
        assert paste.get(f"/api/pastes/{made['sha']}", "alder") == made
        blob = paste.get(f"/api/blobs/{made['files'][0]['blob_id']}", "alder")
        assert blob == {"created": None, "sha": made["files"][0]["blob_id"], "contents": "text"}


class TestSrhtctl:
    """srhtctl (C3): an empty JSON text as the body of every GET and DELETE; a text by which it knows what is gone."""

    def test_it_cleans_up(self, paste: Asker) -> None:
        made = post(paste, {"files": [{"filename": "a", "contents": "b"}], "visibility": "private"})
        assert made["user"]["canonical_name"] == "~alder"
        gone = paste.open("DELETE", f"/api/pastes/{made['sha']}", "alder", **EMPTY)
        assert (gone.status_code, gone.data) == (204, b"")
        again = paste.open("DELETE", f"/api/pastes/{made['sha']}", "alder", **EMPTY)
        assert any("404 not found" in error["reason"] for error in again.json["errors"])


class TestEmacs:
    """srht.el (C4): the content type of JSON on every request, acting on exactly 201 and 204."""

    def test_a_list_a_new_one_its_contents_and_its_end(self, paste: Asker) -> None:
        for row in paste.open("GET", "/api/pastes", "alder", **KIND).json["results"]:
            assert (type(row["sha"]), type(row["visibility"]), type(row["created"])) == (str, str, str)
            assert row["files"][0]["filename"] is None or type(row["files"][0]["filename"]) is str
        made = post(paste, {"visibility": "unlisted", "files": [{"contents": "(car x)\n", "filename": None}]})
        assert paste.open("GET", f"/api/pastes/{made['sha']}", "alder", **KIND).json == made
        blob = paste.open("GET", f"/api/blobs/{made['files'][0]['blob_id']}", "alder", **KIND)
        assert blob.json["contents"] == "(car x)\n"
        assert paste.open("DELETE", f"/api/pastes/{made['sha']}", "alder", **KIND).status_code == 204


class TestPaperplanes:
    """paperplanes.nvim (P1): a buffer as it stands, for an address."""

    def test_an_address(self, paste: Asker) -> None:
        made = post(paste, {"visibility": "public", "files": [{"filename": "init.lua", "contents": "return {}\r\n"}]})
        assert re.fullmatch("~alder/[0-9a-f]{40}", f"{made['user']['canonical_name']}/{made['sha']}")


class TestPhut:
    """phut (P2): jq on whatever comes, `created` cut at its T, an empty body for what is deleted."""

    def test_it_shows_and_deletes(self, paste: Asker) -> None:
        made = post(paste, {"files": [{"filename": None, "contents": "a"}, {"filename": "b", "contents": "b"}]})
        (first, *_) = paste.get("/api/pastes", "alder")["results"]
        assert first == made
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", first["created"].partition("T")[0])
        blobs = [paste.get(f"/api/blobs/{file['blob_id']}", "alder")["contents"] for file in first["files"]]
        assert blobs == ["a", "b"]
        assert paste.open("DELETE", f"/api/pastes/{made['sha']}", "alder").data == b""
        missing = paste.open("GET", f"/api/pastes/{made['sha']}", "alder").json
        assert (missing.get("files"), missing.get("contents")) == (None, None)
        assert missing["errors"][0]["reason"] == "404 not found"


class TestPst:
    """pst (P3) and spaste (P4): what they post is unmarshalled into the structs that they posted from."""

    def test_what_else_the_structs_hold_is_ignored(self, paste: Asker) -> None:
        sent = {"sha": "", "created": "0001-01-01T00:00:00Z", "User": None, "visibility": "unlisted"}
        made = post(paste, {**sent, "files": [{"filename": "x.go", "contents": "package x\n", "blob_id": ""}]})
        assert made["files"][0]["blob_id"] == "1ddfe98805036c504aee0d5435f932f4cbfaf33e"
        assert datetime.fromisoformat(made["created"]).utcoffset() is not None
