"""Habits of real clients of lists.sr.ht's old API (clients 1, 2, 6): what the shim must not break for them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.kit import Asker

EMPTY = {"data": '""', "content_type": "application/json"}
HUB = {
    "events": ["list:update", "list:delete", "post:received", "patchset:received"],
    "url": "https://hub.example.org/webhooks/mailing-list/5",
}


def walk(lists: Asker, path: str, user: str, following: str | None = "") -> Iterator[dict[str, Any]]:
    """Every row, as clients go on: by whatever `next` says, until it is null."""
    while following is not None:
        page = lists.get(f"{path}?start={following}" if following else path, user)
        assert type(page["total"]) is int
        assert page["results_per_page"] == 50
        yield from page["results"]
        following = page["next"]
        assert following is None or following.isdecimal()


class TestHub:
    """hub.sr.ht (H1): Internal authorization; lists found, made, deleted."""

    def test_it_finds_all_lists_of_a_user(self, lists: Asker) -> None:
        found = list(walk(lists, "/api/lists", "Internal jdoe", "-1"))
        assert [row["id"] for row in found] == sorted({row["id"] for row in found}, reverse=True)
        assert len(found) == 57
        assert {type(row["updated"]) for row in found} == {str}
        assert {row["owner"]["canonical_name"] for row in found} == {"~jdoe"}

    def test_a_list_lives_and_dies(self, lists: Asker) -> None:
        made = lists.open("POST", "/api/lists", "Internal jdoe", json={"name": "hub-made", "description": ""})
        assert made.status_code == 201
        one = lists.get("/api/lists/hub-made", "Internal jdoe")
        assert any(one["permissions"]["nonsubscriber"])
        assert (one["id"], one["name"]) == (made.json["id"], "hub-made")
        assert lists.open("DELETE", "/api/lists/hub-made", "Internal jdoe").status_code == 204
        assert lists.open("DELETE", "/api/lists/hub-made", "Internal jdoe").status_code == 404

    def test_a_description_of_null_is_refused_with_a_reason(self, lists: Asker) -> None:
        refused = lists.open("POST", "/api/lists", "Internal jdoe", json={"name": "x", "description": None})
        assert refused.json == {"errors": [{"field": "description", "reason": "description may not be null"}]}

    def test_it_looks_after_its_webhooks(self, ask: Callable[..., Asker]) -> None:
        lists = ask(webhook_origin="https://shim.example.org")
        path = "/api/user/~jdoe/lists/demo-devel/webhooks"
        assert list(walk(lists, path, "jdoe", "-1")) == []
        made = lists.open("POST", path, "jdoe", json=HUB)
        assert made.status_code == 201, made.json
        (kept,) = walk(lists, path, "jdoe", "-1")
        assert (kept["events"], kept["url"]) == (HUB["events"], HUB["url"])
        assert lists.open("DELETE", f"{path}/{kept['id']}", "jdoe").status_code == 204
        assert list(walk(lists, path, "jdoe", "-1")) == []


class TestSourcehutGo:
    """sourcehut-go (C1): typed structs, all pages, any status below 400 is success."""

    def test_its_calls_have_their_types(self, lists: Asker) -> None:
        assert type(json.loads(lists.open("GET", "/api/version").data)["version"]) is str
        user = lists.get("/api/user", "jdoe")
        assert lists.get(f"/api/user/{user['canonical_name']}", "jdoe") == user
        for found in walk(lists, f"/api/user/{user['canonical_name']}/lists", "jdoe"):
            assert type(found["id"]) is int
            assert type(found["name"]) is str
            assert set(found["owner"]) == {"canonical_name", "name"}
            assert all(type(right) is str for rights in found["permissions"].values() for right in rights)
            assert datetime.fromisoformat(found["created"]).tzinfo is not None

    @pytest.mark.parametrize("path", ["/api/user/~jdoe/lists/demo-devel/posts", "/api/user/~alice/emails"])
    def test_posts_and_mails_have_their_types(self, lists: Asker, path: str) -> None:
        posts = list(walk(lists, path, "jdoe"))
        assert posts
        for post in posts:
            assert (type(post["id"]), type(post["subject"]), type(post["message_id"])) == (int, str, str)
            assert post["sender"] is None or set(post["sender"]) == {"canonical_name", "name"}
            assert all(type(post[name]) in (int, type(None)) for name in ("parent_id", "thread_id"))

    def test_an_error_is_json_with_entries(self, lists: Asker) -> None:
        missing = lists.open("GET", "/api/user/~jdoe/lists/nope/posts", "jdoe")
        assert (missing.status_code, missing.json["errors"]) == (404, [{"reason": "404 not found"}])


class TestSrhtctl:
    """srhtctl (C3): first pages only, and an empty JSON text as the body of every GET."""

    @pytest.mark.parametrize("path", ["/api/lists", "/api/lists/demo-patches/patchsets"])
    def test_a_body_does_no_harm_and_next_begins_with_a_digit(self, lists: Asker, path: str) -> None:
        answer = lists.open("GET", path, "jdoe", **EMPTY)
        assert answer.status_code == 200
        assert re.match(r"\d", answer.json["next"])

    def test_a_patchset_has_its_types(self, lists: Asker) -> None:
        for row in lists.open("GET", "/api/lists/demo-devel/patchsets", "jdoe", **EMPTY).json["results"]:
            assert (type(row["id"]), type(row["version"]), type(row["status"])) == (int, int, str)
            assert (type(row["submitter"]), type(row["message_id"])) == (str, str)

    def test_the_body_is_complained_of_before_the_token(self, lists: Asker) -> None:
        answer = lists.open("GET", "/api/lists", "", headers={"Authorization": "token x"}, **EMPTY)
        assert answer.json["errors"][-1]["reason"] == "Invalid or expired OAuth token"


class TestPages:
    """Clients that follow `next` (requirements 26 to 31)."""

    @pytest.mark.parametrize("paging", ["auto", "walk"])
    @pytest.mark.parametrize("path", ["/api/lists/demo-devel/posts", "/api/lists/demo-patches/patchsets"])
    def test_every_row_is_met_once_and_the_walk_ends(self, ask: Any, path: str, paging: str) -> None:
        lists = ask(paging)
        ids = [row["id"] for row in walk(lists, path, "jdoe")]
        assert ids == sorted(set(ids), reverse=True)
        assert len(ids) == lists.get(path, "jdoe")["total"] > 50
