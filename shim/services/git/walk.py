"""The order of libgit2's log, restored from pages that each begin at one commit (git 4.4)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import heappop, heappush
from itertools import islice
from typing import Any

Commit = Mapping[str, Any]


def walk(start: str, size: int, pages: Callable[[str], Sequence[Commit]]) -> list[Commit]:
    """The first `size` commits from `start` on: newest committer time first, first come first for equal times.

    `pages` gives the commits that upstream's log shows from a commit on. It is asked again only for a commit that
    no earlier page held, and that may be next: upstream's log goes by committer time too, so what it does not show
    is no younger than what it showed behind its child.
    """
    return list(islice(_Walk(pages).read(start), size))


class _Walk:
    def __init__(self, pages: Callable[[str], Sequence[Commit]]) -> None:
        self._pages = pages
        self._nodes: dict[str, Commit] = {}
        self._bounds: dict[str, float] = {}
        self._times: dict[str, float] = {}
        self._queue: list[tuple[float, bool, int, str]] = []
        self._arrivals: dict[str, int] = {}

    def read(self, start: str) -> Iterator[Commit]:
        """The commits, each once."""
        self._push(start, math.inf)
        while self._queue:
            _, is_known, _, oid = heappop(self._queue)
            if not is_known:
                self._resolve(oid)
                continue
            yield self._nodes[oid]
            for parent in self._nodes[oid]["parents"]:
                self._push(parent["id"], self._bounds[oid])

    def _push(self, oid: str, bound: float) -> None:
        """Queue a commit by its time; one that is not known yet by a bound for it, before those of that time."""
        if oid not in self._arrivals:
            self._arrivals[oid] = len(self._arrivals)
            self._queued(oid, bound)

    def _queued(self, oid: str, bound: float) -> None:
        known = oid in self._nodes
        time = self._times[oid] if known else bound
        heappush(self._queue, (-time, known, self._arrivals[oid], oid))

    def _resolve(self, oid: str) -> None:
        if oid not in self._nodes:
            self._read(self._pages(oid))
        if oid in self._nodes:
            self._queued(oid, math.inf)

    def _read(self, page: Sequence[Commit]) -> None:
        oldest = math.inf
        for commit in reversed(page):
            oid = commit["id"]
            self._nodes[oid], self._times[oid] = commit, committed(commit)
            self._bounds[oid] = min(oldest, self._bounds.get(oid, math.inf))
            oldest = min(oldest, self._times[oid])


def committed(commit: Commit) -> float:
    """A commit's committer time in Unix seconds."""
    return datetime.fromisoformat(commit["committer"]["time"].replace("Z", "+00:00")).timestamp()
