"""Habits of real clients of git.sr.ht's old API (clients 10): what the shim must not break for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shim.sandbox import Sandbox
from tests.cassettes import FIXTURES
from tests.kit import Asker

E404 = {"errors": [{"reason": "404 not found"}]}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[tuple[Sandbox, str]]:
    """git's sandbox and its address."""
    sandbox = Sandbox(FIXTURES, services=["git"])
    with sandbox.running() as base:
        yield sandbox, base


@pytest.fixture
def git(sandbox: tuple[Sandbox, str]) -> Asker:
    """Asks git on the untouched data set."""
    servers, base = sandbox
    servers.reset()
    return Asker("git", f"{base}/git")


class TestForms:
    """`curl -d name=x` (requirement 11)."""

    def test_a_repository_is_made_from_a_form(self, git: Asker) -> None:
        body = "name=by-form&description=caf%C3%A9+%26+more&visibility=unlisted"
        form = "application/x-www-form-urlencoded"
        made = git.open("POST", "/api/repos", "jdoe", data=body, content_type=form)
        assert made.status_code == 201
        found = git.get("/api/repos/by-form", "jdoe")
        assert (found["description"], found["visibility"]) == ("café & more", "unlisted")

    def test_a_form_without_a_name_is_told_what_is_missing(self, git: Asker) -> None:
        refused = git.open("POST", "/api/repos", "jdoe", data={"description": "x"})
        assert refused.json == {"errors": [{"field": "name", "reason": "Name is required"}]}

    def test_a_repository_is_changed_by_a_form(self, git: Asker) -> None:
        changed = git.open("PUT", "/api/repos/weather", "jdoe", data={"description": "by form"})
        assert (changed.status_code, changed.json["description"]) == (200, "by form")


class TestGickup:
    """gickup (G1; requirements 1, 3 to 5): trailing and doubled slashes, its token kept on the way."""

    def test_the_list_has_a_trailing_slash(self, git: Asker) -> None:
        user = git.get("/api/user", "jdoe")["name"]
        assert git.get(f"/api/~{user}/repos/", "jdoe") == git.get(f"/api/~{user}/repos", "jdoe")

    @pytest.mark.parametrize("part", ["refs", "log"])
    def test_a_doubled_slash_is_served_as_the_merged_path(self, git: Asker, part: str) -> None:
        merged = git.get(f"/api/repos/weather/{part}", "jdoe")
        assert git.get(f"/api/~jdoe/repos//weather/{part}", "jdoe") == merged

    def test_its_second_page_is_not_found_in_json(self, git: Asker) -> None:
        answer = git.open("GET", "/api/~jdoe/repos//id=17", "jdoe", follow_redirects=True)
        assert (answer.status_code, answer.json) == (404, E404)

    def test_ids_are_numbers_and_next_is_text(self, git: Asker) -> None:
        page = git.get("/api/~jdoe/repos/", "jdoe")
        assert page["next"].isdecimal()
        assert all(type(row["id"]) is int for row in page["results"])


class TestTerraform:
    """The terraform provider (C2; requirement 6): a 404 with an error in it means gone, one without is a failure."""

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_a_missing_repository_is_gone(self, git: Asker, method: str) -> None:
        answer = git.open(method, "/api/repos/never-was", "jdoe")
        assert (answer.status_code, answer.content_type, answer.json) == (404, "application/json", E404)

    def test_a_repository_lives_and_goes(self, git: Asker) -> None:
        sent = {"name": "managed", "description": "by terraform", "visibility": "public"}
        made = git.open("POST", "/api/repos", "jdoe", json=sent)
        assert made.status_code == 201
        changed = git.open("PUT", "/api/repos/managed", "jdoe", json={"visibility": "private"})
        assert (changed.json["id"], changed.json["visibility"]) == (made.json["id"], "private")
        assert git.open("DELETE", "/api/repos/managed", "jdoe").status_code == 204
        assert git.open("GET", "/api/repos/managed", "jdoe").json == E404
