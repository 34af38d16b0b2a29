"""Paths of which nobody says where the revision ends (git 4.3)."""

from __future__ import annotations

import pytest

from shim.services.git.resolve import candidates, segments_of


def readings(ref, path=None):
    return [(c.spec.base, c.spec.walk, c.path) for c in candidates(segments_of(ref, path))]


def test_the_shortest_revision_is_tried_first():
    assert readings("feature", "x/lib") == [
        ("feature", "", "x/lib"),
        ("feature/x", "", "lib"),
        ("feature/x/lib", "", ""),
    ]


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
