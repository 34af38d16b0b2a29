"""The order of a log, above all between commits of the same second."""

from __future__ import annotations

import pytest

from shim.sandbox.engine.errors import FieldError
from shim.sandbox.services.git.bare import Bare
from shim.sandbox.services.git.history import history

from . import kit


def _walk(bare: Bare, start: str) -> list[str]:
    names = {target: name.removeprefix("refs/heads/") for name, target in bare.refs.items()}
    return [names[oid] for oid, _ in history(bare, bare.refs[f"refs/heads/{start}"])]


def test_newest_first_whatever_the_parents() -> None:
    commits = [kit.commit(1, time=50), kit.commit(2, 1, time=90), kit.commit(3, 1, time=70)]
    bare = kit.repository(*commits, kit.commit(4, 2, 3, time=10))
    assert _walk(bare, "b4") == ["b4", "b2", "b3", "b1"]


def test_a_commit_older_than_its_parent_still_comes_first() -> None:
    bare = kit.repository(kit.commit(1, time=100), kit.commit(2, 1, time=1))
    assert _walk(bare, "b2") == ["b2", "b1"]


def test_commits_of_one_second_come_as_go_gits_heap_has_them() -> None:
    roots = [kit.commit(mark, time=5) for mark in range(1, 7)]
    bare = kit.repository(*roots, kit.commit(7, *range(1, 7), time=5))
    assert _walk(bare, "b7") == ["b7", "b1", "b6", "b5", "b4", "b3", "b2"]


def test_each_commit_comes_once() -> None:
    commits = [kit.commit(1), *(kit.commit(mark, 1, time=9) for mark in (2, 3, 4)), kit.commit(5, 2, 3, 4)]
    bare = kit.repository(*commits)
    assert sorted(_walk(bare, "b5")) == ["b1", "b2", "b3", "b4", "b5"]


def test_a_missing_parent_ends_in_an_error() -> None:
    bare = kit.repository(f"commit refs/heads/b1\ncommitter {kit.WHO} 1 +0000\ndata 0\nfrom {'1' * 40}\n")
    walk = history(bare, bare.refs["refs/heads/b1"])
    with pytest.raises(FieldError, match="object not found"):
        next(walk)
