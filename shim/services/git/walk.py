"""The order of libgit2's log, restored from pages that each begin at one commit (git 4.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from typing import Any

Commit = Mapping[str, Any]


def walk(start: str, size: int, pages: Callable[[str], Sequence[Commit]]) -> list[Commit]:
    """The first `size` commits from `start` on: newest committer time first, first come first for equal times.

    `pages` gives the commits that upstream's log shows from a commit on; it is asked again only for commits
    that no earlier page held.
    """
    nodes: dict[str, Commit] = {}
    queue: list[tuple[float, int, str]] = []
    seen: set[str] = set()
    arrival = count()

    def push(oid: str) -> None:
        if oid in seen:
            return
        seen.add(oid)
        if oid not in nodes:
            nodes.update({commit["id"]: commit for commit in pages(oid)})
        if oid in nodes:
            heappush(queue, (-committed(nodes[oid]), next(arrival), oid))

    push(start)
    found: list[Commit] = []
    while queue and len(found) < size:
        commit = nodes[heappop(queue)[2]]
        found.append(commit)
        if len(found) < size:
            for parent in commit["parents"]:
                push(parent["id"])
    return found


def committed(commit: Commit) -> float:
    """A commit's committer time in Unix seconds."""
    return datetime.fromisoformat(commit["committer"]["time"].replace("Z", "+00:00")).timestamp()
