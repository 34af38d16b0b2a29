"""References and the artifacts on them, a page at a time (git 4.7, 4.8)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from shim.services.git.refs import _windows
from tests.kit import Asker

WALK = {("shim", "paging"): "walk"}


def artifact(number):
    return {"id": number, "created": "2024-01-01T00:00:00Z", "checksum": "c", "size": 1, "filename": f"f{number}"}


def names(rows, tags):
    """An answer: references by name, target and, of tags, commit."""
    commits = {name: {"id": commit} for name, commit, *_ in tags}
    listed = [{"name": n, "target": target, "follow": commits.get(n, {"id": target})} for n, target in rows]
    repository = {"id": 1, "references": {"results": listed, "cursor": None}}
    return {"data": {"owner": {"name": "ann", "repository": repository}}}


def page(tags):
    """An answer: artifacts and cursor by tag."""
    listed = [
        {"name": name, "artifacts": {"results": list(map(artifact, ids)), "cursor": cursor}}
        for name, _, ids, cursor in tags
    ]
    return {"data": {"owner": {"repository": {"id": 1, "references": {"results": listed}}}}}


def attached(answer):
    return {row["name"]: [a["filename"] for a in row["artifacts"]] for row in answer["results"]}


def test_further_artifacts_of_a_tag_are_fetched_by_its_cursor(script):
    rows = [("HEAD", "refs/heads/main"), ("refs/heads/main", "c1"), ("refs/tags/v1", "t1"), ("refs/tags/v2", "t2")]
    first = [("refs/tags/v1", "c1", [9, 8], "more"), ("refs/tags/v2", "c2", [], "more of nothing")]
    script.steps = [names(rows, first), page(first), page([("refs/tags/v1", "c1", [7], None)])]
    answer = Asker("git", script.origin, WALK).get("/api/repos/r/refs", "ann")
    assert attached(answer) == {"refs/heads/main": ["f7", "f8", "f9"], "refs/tags/v1": [], "refs/tags/v2": []}
    assert [request["variables"]["all"] for request in script.asked[1:]] == [None, "more"]


def test_of_a_commits_artifacts_only_the_last_neighbours_are_listed(script):
    rows = [("refs/heads/a", "c1"), ("refs/heads/b", "c2"), *((f"refs/tags/{tag}", tag) for tag in ("v1", "v2", "w"))]
    tags = [
        ("refs/tags/v1", "c1", [4, 3, 1], None),
        ("refs/tags/v2", "c2", [2], None),
        ("refs/tags/w", "c1", [1], None),
    ]
    script.steps = [names(rows, tags), page(tags)]
    answer = Asker("git", script.origin).get("/api/repos/r/refs", "ann")
    assert attached(answer) == {
        "refs/heads/a": ["f3", "f4"],
        "refs/heads/b": ["f2"],
        **{f"refs/tags/{tag}": [] for tag in ("v1", "v2", "w")},
    }


def test_artifacts_of_tags_that_show_none_are_not_asked_for(script):
    tags = [("refs/tags/v1", "c1", [1], None)]
    script.steps = [names([("refs/heads/a", "c2"), ("refs/tags/v1", "t1")], tags)]
    assert attached(Asker("git", script.origin).get("/api/repos/r/refs", "ann"))["refs/tags/v1"] == []
    assert len(script.asked) == 1


@pytest.mark.parametrize("count", [1, 2, 60, 300])
def test_a_call_for_artifacts_has_a_bounded_number_of_references(count):
    """The windows as the servers read them: the page behind a cursor begins two rows late (git F2)."""
    rows = ["HEAD", *(f"refs/heads/{i:03}" for i in range(5)), *(f"refs/tags/{i:03}" for i in range(count))]
    wanted = {name for i, name in enumerate(rows) if "tags" in name and i % 7 in (0, 6)}
    call = SimpleNamespace(sealed=lambda size, position: (size, position))
    seen = []
    for size, position in _windows(call, rows, wanted):
        begin = rows.index(position) + 2 if position else 0
        seen += [name for name in rows[begin : begin + size] if name in wanted]
        assert size <= 50
    assert wanted <= set(seen)
