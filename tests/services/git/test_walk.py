"""The order of the log (git 4.4), against a plain simulation over random histories."""

from hypothesis import given
from hypothesis import strategies as st

from shim.services.git.walk import walk

PAGE = 25


def commit(oid, time, parents):
    return {"id": oid, "committer": {"time": f"2024-01-01T00:00:{time:02}Z"}, "parents": [{"id": p} for p in parents]}


def libgit2(commits, start):
    """What libgit2 does: a list ordered by time, each new commit behind those of its time."""
    waiting, seen, found = [start], {start}, []
    while waiting:
        oid = waiting.pop(0)
        found.append(oid)
        for parent in (p["id"] for p in commits[oid]["parents"] if p["id"] not in seen):
            seen.add(parent)
            time = commits[parent]["committer"]["time"]
            place = next((i for i, w in enumerate(waiting) if commits[w]["committer"]["time"] < time), len(waiting))
            waiting.insert(place, parent)
    return found


@st.composite
def histories(draw):
    size = draw(st.integers(1, 70))
    commits = {}
    for i in range(size):
        parents = draw(st.lists(st.sampled_from(range(i)), max_size=3, unique=True)) if i else []
        commits[f"c{i}"] = commit(f"c{i}", draw(st.integers(0, 20)), [f"c{p}" for p in parents])
    return commits, f"c{size - 1}"


@given(histories())
def test_pages_that_each_begin_at_one_commit_give_the_whole_order(history):
    commits, start = history
    asked = []

    def pages(oid):
        asked.append(oid)
        return [commits[found] for found in libgit2(commits, oid)[:PAGE]]

    assert [c["id"] for c in walk(start, 50, pages)] == libgit2(commits, start)[:50]
    assert len(asked) == len(set(asked))


def test_a_linear_history_needs_as_many_pages_as_it_fills():
    commits = {f"c{i}": commit(f"c{i}", i % 60, [f"c{i - 1}"] if i else []) for i in range(80)}
    asked = []

    def pages(oid):
        asked.append(oid)
        return [commits[f"c{i}"] for i in range(int(oid[1:]), max(int(oid[1:]) - PAGE, -1), -1)]

    assert len(walk("c79", 50, pages)) == 50
    assert asked == ["c79", "c54"]


def test_a_parent_that_upstream_does_not_show_ends_its_line():
    shown = [commit("a", 5, ["gone", "b"]), commit("b", 4, [])]
    assert [c["id"] for c in walk("a", 50, lambda oid: shown)] == ["a", "b"]
