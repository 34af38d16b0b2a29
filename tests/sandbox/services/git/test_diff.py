"""Patches of a commit; what the recordings hold of them is checked with all else."""

from __future__ import annotations

import pytest

from shim.sandbox.services.git.decode import CommitData
from shim.sandbox.services.git.diff import unified_diff

from . import kit


def _diff(old: dict[str, str], new: dict[str, str]) -> list[str]:
    bare = kit.repository(kit.commit(1, files=old), kit.commit(2, files=new))
    trees = []
    for branch in ("b1", "b2"):
        raw = bare.objects.get(bare.refs[f"refs/heads/{branch}"])
        assert raw is not None
        trees.append(CommitData.decode(raw.data).tree)
    return unified_diff(bare.objects, *trees).splitlines()


def test_equal_trees() -> None:
    assert _diff({"a": "x\n"}, {"a": "x\n"}) == []


def test_files_by_name_new_and_gone() -> None:
    lines = _diff({"b": "x\n", "d/c": "y\n"}, {"a": "z\n", "b": "x\n"})
    assert [line for line in lines if not line.startswith("index")] == [
        "diff --git a/a b/a",
        "new file mode 100644",
        "--- /dev/null",
        "+++ b/a",
        "@@ -0,0 +1 @@",
        "+z",
        "diff --git a/d/c b/d/c",
        "deleted file mode 100644",
        "--- a/d/c",
        "+++ /dev/null",
        "@@ -1 +0,0 @@",
        "-y",
    ]


def test_blobs_are_named_in_full() -> None:
    index = next(line for line in _diff({"a": "x\n"}, {"a": ""}) if line.startswith("index"))
    one, two = "587be6b4c3f93f93c489c0111bba5596147a26cb", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert index == f"index {one}..{two} 100644"


@pytest.mark.parametrize(
    ("old", "new", "hunks"),
    [
        ("a\nb\n", "a\nc\n", ["@@ -1,2 +1,2 @@", " a", "-b", "+c"]),
        ("a", "a\n", ["@@ -1 +1 @@", "-a", "\\ No newline at end of file", "+a"]),
        ("a\nb", "a\nb\nc", ["@@ -1,2 +1,3 @@", " a", "-b", "\\ No newline at end of file", "+b", "+c"]),
    ],
)
def test_hunks(old: str, new: str, hunks: list[str]) -> None:
    lines = _diff({"a": old}, {"a": new})
    assert lines[4 : 4 + len(hunks)] == hunks


@pytest.mark.parametrize(("distance", "count"), [(7, 1), (8, 2)])
def test_changes_apart_stand_in_hunks_of_their_own(distance: int, count: int) -> None:
    old = [f"{i}\n" for i in range(30)]
    new = list(old)
    new[5], new[5 + distance] = "x\n", "y\n"
    lines = _diff({"a": "".join(old)}, {"a": "".join(new)})
    assert sum(line.startswith("@@") for line in lines) == count


def test_binary_files() -> None:
    assert _diff({"a": "\0"}, {"a": "\0\0"})[-1] == "Binary files a/a and b/a differ"
