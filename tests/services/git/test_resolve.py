"""Paths of which nobody says where the revision ends (git 4.3)."""

from __future__ import annotations

import pytest

from shim.services.budget import MOST_CALLS
from shim.services.git.known import Known
from shim.services.git.resolve import _later, candidates, segments_of
from shim.upstream import Upstream
from tests.complexity import complexity


def readings(ref, path=None):
    return [(c.spec.base, c.spec.walk, c.path) for c in candidates(segments_of(ref, path))]


def test_the_shortest_revision_is_tried_first():
    assert readings("feature", "x/lib") == [
        ("feature", "", "x/lib"),
        ("feature/x", "", "lib"),
        ("feature/x/lib", "", ""),
    ]


def test_below_what_is_not_in_a_commit_nothing_is_sought():
    assert readings("main:lib", "a/b") == [("main", "", "lib/a/b")]
    assert readings("main:", "lib") == [("main", "", "lib")]


def test_what_is_no_revision_is_left_out():
    assert readings("a..b", "c") == []
    assert readings("main", "a b") == [("main", "", "a b")]


@pytest.mark.parametrize("era", ["2024", "2026"])
@pytest.mark.parametrize("paging", ["auto", "walk"])
def test_names_that_look_like_ids_mean_branches_and_tags(ask, era, paging):
    asker = ask(era, paging)
    for name in ("add", "cafe", "10", "deadbeef"):
        by_name = asker.get(f"/api/repos/many-refs/log/{name}", "jdoe")["results"][0]["id"]
        full = "tags" if name in ("cafe", "10") else "heads"
        assert by_name == asker.get(f"/api/repos/many-refs/log/refs/{full}/{name}", "jdoe")["results"][0]["id"]


def test_a_missing_name_in_a_repository_without_a_complete_listing_is_not_found(ask):
    assert ask("2024", "walk").open("GET", "/api/repos/many-refs/log/nope", "jdoe").status_code == 404


@pytest.fixture
def counted(monkeypatch):
    """The operations that go upstream."""
    asked = []
    execute = Upstream.execute

    def counting(upstream, operation, *arguments):
        asked.append(operation)
        return execute(upstream, operation, *arguments)

    monkeypatch.setattr(Upstream, "execute", counting)
    return asked


DEEP = "/".join(["a"] * 1900)
ROUTES = [
    f"tree/{DEEP}",
    f"tree/master/{DEEP}",
    f"blob/{DEEP}",
    f"blob/master/{DEEP}",
    f"blob/master/README.md/{DEEP}",
    f"log/{DEEP}",
    f"tree/x@y/{DEEP}",
    f"tree/master:{DEEP}",
    f"tree/deadbeef/{DEEP}",
    "lookup/master" + "^{commit}" * 300,
    "lookup/master^3" + "^3" * 300,
    "lookup/cafecafe",
    "log?start=cafecafe",
    "refs",
]


@pytest.mark.parametrize("era", ["2024", "2026"])
@pytest.mark.parametrize("repository", ["files", "many-refs", "dangling"])
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route[:24])
def test_no_request_makes_more_calls_than_its_budget(ask, counted, era, repository, route):
    ask(era).open("GET", f"/api/repos/{repository}/{route}", "jdoe")
    assert len(counted) <= MOST_CALLS
    assert all(complexity(operation) < 200 for operation in counted)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route[:24])
def test_without_the_network_key_only_pages_are_added(ask, counted, route):
    ask("2024", "walk").open("GET", f"/api/repos/many-refs/{route}", "jdoe")
    assert len([operation for operation in counted if not operation.cursors]) <= MOST_CALLS


def test_a_branch_of_more_segments_than_are_asked_at_once_is_found_by_its_name():
    rows = {"HEAD": "refs/heads/main", "refs/heads/" + "/".join("abcdefghij"): "c" * 40}
    found = _later([*"abcdefghij", "x"], [None], lambda: Known(rows, (), iter(())))
    assert [c.path for c in found if "/".join("abcdefghij") == c.spec.base] == ["x"]


def test_a_file_with_much_behind_it_is_found_in_one_more_call(ask, counted):
    answer = ask().open("GET", f"/api/repos/files/blob/master/README.md/{DEEP}", "jdoe")
    assert answer.status_code == 200
    assert [operation.name for operation in counted] == ["Blob", "Files"]
