"""Pages of a list that grows and shrinks between them, whenever its rows were made, in either era and paging."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import chain, repeat
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shim.sandbox import Sandbox
from shim.sandbox.services.paste.rows import Paste
from tests.kit import Asker

BEGIN = datetime(2024, 9, 1, tzinfo=timezone.utc)
NEAR, FAR = st.integers(0, 3), st.integers(0, 10**13)
Arrivals = list[list[int]]


class Listed:
    """A user's pastes, of which there are none at first; `shas` has them in the order in which they were made."""

    def __init__(self, sandbox: Sandbox, user: str = "newbie") -> None:
        sandbox.reset()
        self._store: Any = sandbox.services["paste"].store
        self._user = self._store.users.first(lambda row: row.username == user)
        self._store.pastes.remove(*self._store.pastes.where(lambda row: row.user is self._user))
        self.shas: list[str] = []

    def make(self, after: int) -> None:
        """A paste so many microseconds after the beginning."""
        number = self._store.pastes.take_id()
        self.shas.append(f"{number:040x}")
        created = BEGIN + timedelta(microseconds=after)
        self._store.pastes.add(Paste(number, self.shas[-1], self._user, created, "PRIVATE"))

    def drop(self, sha: str) -> None:
        """One paste less."""
        self._store.pastes.remove(self._store.pastes.first(lambda row: row.sha == sha))


def asker(sandbox: tuple[Sandbox, str, str], paging: str) -> Asker:
    """A shim that remembers nothing of what was asked before."""
    _, address, era = sandbox
    return Asker("paste", address, {("shim", "era"): era, ("shim", "paging"): paging})


def followed(sandbox: tuple[Sandbox, str, str], listed: Listed, paging: str, arrivals: Arrivals) -> list[str]:
    """What is on all pages, each asked for by a process of its own, while pastes come behind the newest one."""
    start, found, newest = "", list[str](), 10**13
    for arriving in chain(arrivals, repeat(())):
        page = asker(sandbox, paging).get(f"/api/pastes?start={start}", "newbie")
        assert page["total"] == len(listed.shas)
        assert len(page["results"]) <= page["results_per_page"] == 50
        found += [row["sha"] for row in page["results"]]
        start = page["next"]
        if start is None:
            return found
        assert start.isdigit()
        for later in arriving:
            newest += 1000 + later
            listed.make(newest)
    raise AssertionError


@pytest.mark.parametrize("paging", ["sealed", "walk"])
@settings(max_examples=12)
@given(times=st.lists(NEAR | FAR, max_size=130), arrivals=st.lists(st.lists(NEAR, max_size=30), max_size=3))
def test_every_paste_is_met_once(
    sandbox: tuple[Sandbox, str, str], paging: str, times: list[int], arrivals: Arrivals
) -> None:
    listed = Listed(sandbox[0])
    for time in times:
        listed.make(time)
    wanted = listed.shas[::-1]
    assert followed(sandbox, listed, paging, arrivals) == wanted


@pytest.mark.parametrize("paging", ["sealed", "walk"])
def test_many_pastes_of_one_moment_are_met_once(sandbox: tuple[Sandbox, str, str], paging: str) -> None:
    listed = Listed(sandbox[0])
    for _ in range(120):
        listed.make(7)
    wanted = listed.shas[::-1]
    assert followed(sandbox, listed, paging, [[0], [0] * 30]) == wanted


@pytest.mark.parametrize("paging", ["sealed", "walk"])
@settings(max_examples=12)
@given(times=st.sets(FAR, min_size=51, max_size=130), gone=st.sets(st.integers(0, 129), max_size=60))
def test_pastes_that_go_take_no_others_with_them(
    sandbox: tuple[Sandbox, str, str], paging: str, times: set[int], gone: set[int]
) -> None:
    listed = Listed(sandbox[0])
    for time in sorted(times):
        listed.make(time)
    first = asker(sandbox, paging).get("/api/pastes", "newbie")
    shown = {row["sha"] for row in first["results"]}
    dropped = {sha for number, sha in enumerate(listed.shas) if number in gone}
    for sha in dropped:
        listed.drop(sha)
    second = asker(sandbox, paging).get(f"/api/pastes?start={first['next']}", "newbie")
    left = [sha for sha in listed.shas[::-1] if sha not in shown | dropped]
    assert [row["sha"] for row in second["results"]] == left[:50]
