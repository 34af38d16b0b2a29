"""References and the artifacts on them, a page at a time (git 4.7, 4.8)."""

from __future__ import annotations

from tests.kit import Asker

WALK = {("shim", "paging"): "walk"}


def artifact(number):
    return {"id": number, "created": "2024-01-01T00:00:00Z", "checksum": "c", "size": 1, "filename": f"f{number}"}


def page(rows, attached):
    """An answer: references by name and target; on tags their commit, artifacts and cursor."""
    listed = [{"name": name, "target": target} for name, target in rows]
    tags = [
        {"name": name, "follow": {"id": commit}, "artifacts": {"results": list(map(artifact, ids)), "cursor": cursor}}
        for name, commit, ids, cursor in attached
    ]
    return {
        "data": {
            "owner": {"name": "ann", "repository": {"id": 1, "references": {"results": listed, "cursor": None}}},
            "owner_artifacts": {"repository": {"references": {"results": tags}}},
        }
    }


def attached(answer):
    return {row["name"]: [a["filename"] for a in row["artifacts"]] for row in answer["results"]}


def test_further_artifacts_of_a_tag_are_fetched_by_its_cursor(script):
    rows = [("refs/heads/main", "c1"), ("refs/tags/v1", "t1"), ("refs/tags/v2", "t2")]
    first = [("refs/tags/v1", "c1", [9, 8], "more"), ("refs/tags/v2", "c2", [], "more of nothing")]
    script.steps = [page(rows, first), page(rows, [("refs/tags/v1", "c1", [7], None)])]
    answer = Asker("git", script.origin, WALK).get("/api/repos/r/refs", "ann")
    assert attached(answer) == {"refs/heads/main": ["f7", "f8", "f9"], "refs/tags/v1": [], "refs/tags/v2": []}
    assert [request["variables"]["all"] for request in script.asked] == [None, "more"]


def test_of_a_commits_artifacts_only_the_last_neighbours_are_listed(script):
    rows = [("refs/heads/a", "c1"), ("refs/heads/b", "c2")]
    tags = [
        ("refs/tags/v1", "c1", [4, 3, 1], None),
        ("refs/tags/v2", "c2", [2], None),
        ("refs/tags/w", "c1", [1], None),
    ]
    script.steps = [page(rows, tags)]
    answer = Asker("git", script.origin).get("/api/repos/r/refs", "ann")
    assert attached(answer) == {"refs/heads/a": ["f3", "f4"], "refs/heads/b": ["f2"]}
