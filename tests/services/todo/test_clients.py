"""Habits of real clients of todo.sr.ht's old API (clients 1, 2, 6): what the shim must not break for them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.kit import Asker

FORM = "application/x-www-form-urlencoded"
WIDGETS = "/api/trackers/widgets"
EMPTY = {"data": '""', "content_type": "application/json"}


def walk(todo: Asker, path: str, user: str) -> Iterator[dict[str, Any]]:
    """Every row, as clients go on: by whatever `next` says, until it is null."""
    following: str | None = ""
    while following is not None:
        page = todo.get(f"{path}?start={following}" if following else path, user)
        assert type(page["total"]) is int
        assert page["results_per_page"] == 50
        yield from page["results"]
        following = page["next"]
        assert following is None or following.isdecimal()


class TestSourcehutGo:
    """sourcehut-go (C1): typed structs, all pages, any status below 400 is success."""

    def test_the_version_needs_no_token(self, todo: Asker) -> None:
        assert type(json.loads(todo.open("GET", "/api/version").data)["version"]) is str

    def test_it_asks_who_it_is_and_for_all_trackers(self, todo: Asker) -> None:
        user = todo.get("/api/user", "jdoe")
        assert user["canonical_name"] == f"~{user['name']}"
        own = list(walk(todo, "/api/trackers", "jdoe"))
        assert [t["id"] for t in own] == sorted({t["id"] for t in own}, reverse=True)
        assert own == list(walk(todo, f"/api/user/{user['canonical_name']}/trackers", "jdoe"))
        assert todo.get(f"/api/user/{user['canonical_name']}/trackers/widgets", "jdoe") in own

    def test_what_it_decodes_has_its_types(self, todo: Asker) -> None:
        for tracker in walk(todo, "/api/trackers", "jdoe"):
            assert type(tracker["id"]) is int
            assert type(tracker["name"]) is str
            assert set(tracker["owner"]) == {"canonical_name", "name"}
            assert all(type(right) is str for right in tracker["default_access"])
            assert datetime.fromisoformat(tracker["created"]).tzinfo is not None

    def test_its_trackers_without_a_visibility_are_refused_with_reasons(self, todo: Asker) -> None:
        refused = todo.open("POST", "/api/trackers", "jdoe", json={"name": "new", "description": ""})
        assert refused.status_code == 400
        assert refused.json["errors"] == [{"field": "visibility", "reason": "visibility is required"}]

    def test_an_error_is_json_with_entries(self, todo: Asker) -> None:
        missing = todo.open("GET", "/api/trackers/nope", "jdoe")
        assert (missing.status_code, missing.json["errors"]) == (404, [{"reason": "404 not found"}])


class TestSrhtctl:
    """srhtctl (C3): first pages only, and an empty JSON text as the body of every GET."""

    @pytest.mark.parametrize(
        "path",
        [
            "/api/trackers",
            f"{WIDGETS}/tickets",
            "/api/user/~alice/trackers",
            "/api/user/~jdoe/trackers/widgets/tickets",
        ],
    )
    def test_a_body_does_no_harm_and_next_begins_with_a_digit(self, todo: Asker, path: str) -> None:
        answer = todo.open("GET", path, "jdoe", **EMPTY)
        assert answer.status_code == 200
        assert answer.json["next"] is None or re.match(r"\d", answer.json["next"])

    def test_the_body_is_complained_of_before_the_token(self, todo: Asker) -> None:
        answer = todo.open("GET", "/api/trackers", "", headers={"Authorization": "token x"}, **EMPTY)
        assert answer.json["errors"][-1]["reason"] == "Invalid or expired OAuth token"


class TestPages:
    """Clients that follow `next` (requirements 26 to 31)."""

    @pytest.mark.parametrize("paging", ["auto", "walk"])
    def test_every_ticket_is_met_once_and_the_walk_ends(self, ask: Any, paging: str) -> None:
        todo = ask(paging)
        numbers = [ticket["id"] for ticket in walk(todo, f"{WIDGETS}/tickets", "jdoe")]
        assert numbers == sorted(set(numbers), reverse=True)
        assert len(numbers) == todo.get(f"{WIDGETS}/tickets", "jdoe")["total"] > 50

    @pytest.mark.parametrize("paging", ["auto", "walk"])
    def test_every_event_is_met_once(self, ask: Any, paging: str) -> None:
        todo = ask(paging)
        ids = [event["id"] for event in walk(todo, f"{WIDGETS}/tickets/2/events", "jdoe")]
        assert ids == sorted(set(ids), reverse=True)
        assert len(ids) == todo.get(f"{WIDGETS}/tickets/2/events", "jdoe")["total"] > 50

    @pytest.mark.parametrize(("start", "first"), [("-1", None), ("", None), ("10", 10), ("+10", 10), ("0", 0)])
    def test_a_bound_includes_its_row(self, todo: Asker, start: str, first: int | None) -> None:
        page = todo.get(f"{WIDGETS}/tickets?start={start.replace('+', '%2B')}", "jdoe")
        newest = todo.get(f"{WIDGETS}/tickets", "jdoe")["results"][0]["id"]
        if first == 0:
            assert (page["results"], page["next"], page["total"] > 0) == ([], None, True)
        else:
            assert page["results"][0]["id"] == (first or newest)

    @pytest.mark.parametrize("paging", ["auto", "walk"])
    @pytest.mark.parametrize("place", ["", "/2/events"])
    def test_a_bound_beyond_any_number_is_none(self, ask: Any, paging: str, place: str) -> None:
        todo, path = ask(paging), f"{WIDGETS}/tickets{place}"
        assert todo.get(f"{path}?start={10**20}", "jdoe") == todo.get(path, "jdoe")
        assert todo.get(f"{path}?start=-{10**20}", "jdoe")["results"] == []


class TestImporters:
    """Ticket importers (T1, T2): tickets in another's name, comments and texts by form."""

    def test_a_ticket_of_another_site_keeps_its_author_and_date(self, todo: Asker) -> None:
        sent = {
            "title": "Imported",
            "created": "2020-01-02T03:04:05.6+0100",
            "external_id": "github:zed",
            "external_url": "https://github.com/zed",
        }
        made = todo.open("POST", f"{WIDGETS}/tickets", "jdoe", json=sent)
        assert made.status_code == 201
        assert made.json["created"] == "2020-01-02T02:04:05+00:00"
        assert made.json["submitter"] == {
            "type": "external",
            "external_id": "github:zed",
            "external_url": "https://github.com/zed",
        }

    def test_a_comment_is_made_by_form(self, todo: Asker) -> None:
        body = "comment=by+form&status=resolved&resolution=fixed"
        answer = todo.open("PUT", f"{WIDGETS}/tickets/1", "jdoe", data=body, content_type=FORM)
        (event,) = answer.json["events"]
        assert event["event_type"] == ["comment", "status_change"]
        assert (event["old_status"], event["new_status"], event["comment"]["text"]) == (None, "resolved", "by form")

    @pytest.mark.parametrize(
        ("title", "status"), [("ü" * 1024, 201), ("ü" * 1025, 400), ("x" * 2048, 201), ("x" * 2049, 400)]
    )
    def test_characters_are_counted_here_and_bytes_there(self, todo: Asker, title: str, status: int) -> None:
        answer = todo.open("POST", f"{WIDGETS}/tickets", "jdoe", json={"title": title})
        assert answer.status_code == status
        field = "title" if len(title) > 2048 else "subject"
        assert status == 201 or [error["field"] for error in answer.json["errors"]] == [field]


class TestHub:
    """hub.sr.ht (H1): Internal authorization, trackers made, changed and deleted, commits that close tickets."""

    def test_a_commit_closes_a_ticket(self, todo: Asker) -> None:
        path = "/api/user/~jdoe/trackers/widgets/tickets/4"
        sent = {"comment": "Closed by a commit", "status": "resolved", "resolution": "closed"}
        answer = todo.open("PUT", path, "Internal jdoe", json=sent)
        assert (answer.status_code, answer.json["ticket"]["resolution"]) == (200, "closed")

    def test_a_tracker_lives_and_dies(self, todo: Asker) -> None:
        sent = {"name": "hub-made", "description": "x", "visibility": "UNLISTED"}
        made = todo.open("POST", "/api/trackers", "Internal jdoe", json=sent)
        assert (made.status_code, made.json["visibility"]) == (201, "UNLISTED")
        assert todo.get("/api/trackers/hub-made", "Internal jdoe")["id"] == made.json["id"]
        gone = todo.open("DELETE", "/api/trackers/hub-made", "Internal jdoe")
        assert (gone.status_code, gone.data, gone.content_type) == (204, b"", "application/json")
        assert todo.open("GET", "/api/trackers/hub-made", "jdoe").status_code == 404


class TestEditing:
    """Comments can't be edited any more, and nothing pretends that they were (todo G2)."""

    def test_a_comments_text_stays(self, todo: Asker) -> None:
        path = f"{WIDGETS}/tickets/2"
        before = todo.get(f"{path}/events", "jdoe")
        answer = todo.open("PUT", f"{path}/comments/501", "jdoe", json={"text": "other"})
        assert (answer.status_code, len(answer.json["errors"])) == (501, 1)
        assert todo.get(f"{path}/events", "jdoe") == before

    @pytest.mark.parametrize("number", ["2147483648", "99999999999999999999"])
    def test_no_comment_has_a_number_beyond_32_bits(self, todo: Asker, number: str) -> None:
        answer = todo.open("PUT", f"{WIDGETS}/tickets/2/comments/{number}", "jdoe", json={"text": "other"})
        assert (answer.status_code, answer.json["errors"]) == (404, [{"reason": "404 not found"}])
