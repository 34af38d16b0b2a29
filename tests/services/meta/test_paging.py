"""Keys that come and go between pages: no hole, no overlap, and no key that is there is called missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shim.sandbox import Sandbox
from tests.kit import FIXTURES, Asker
from tests.services.meta.kit import B3

USER = "jdoe"
PATHS = ["/api/user/ssh-keys", "/api/user/pgp-keys"]


@pytest.fixture(scope="module", params=["2024", "2026"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[tuple[Sandbox, str, str]]:
    """A running sandbox, its address and its era."""
    made = Sandbox(FIXTURES, era=request.param, services=["meta"])
    with made.running() as address:
        yield made, f"{address}/meta", request.param


@pytest.fixture
def asker(sandbox: tuple[Sandbox, str, str], request: pytest.FixtureRequest) -> Asker:
    """Asks meta in a way of paging, over a data set that nobody has changed."""
    made, address, era = sandbox
    made.reset()
    return Asker("meta", address, {("shim", "era"): era, ("shim", "paging"): request.param})


sealed = pytest.mark.parametrize("asker", ["auto"], indirect=True)
walked = pytest.mark.parametrize("asker", ["walk"], indirect=True)


def owned(sandbox: tuple[Sandbox, str, str], path: str, user: str = USER) -> list[int]:
    """The ids of all that a user has, the newest first."""
    store: Any = sandbox[0].services["meta"].store
    table = store.ssh_keys if "ssh" in path else store.pgp_keys
    return sorted((row.id for row in table.where(lambda row: row.user.username == user)), reverse=True)


def ids(page: dict[str, Any]) -> list[int]:
    """The ids on a page."""
    return [row["id"] for row in page["results"]]


@sealed
@pytest.mark.parametrize("path", PATHS)
def test_keys_on_later_pages_stay_where_they_are(sandbox: Any, asker: Asker, path: str) -> None:
    before = owned(sandbox, path)
    first = asker.get(path, USER)
    assert (ids(first), first["next"], first["total"]) == (before[:50], str(before[50]), len(before))
    assert asker.open("POST", PATHS[0], USER, json={"ssh-key": f"ssh-ed25519 {B3}"}).status_code == 200
    assert asker.open("DELETE", f"{path}/{before[0]}", USER).status_code == 204
    assert asker.open("DELETE", f"{path}/{before[50]}", USER).status_code == 204
    second = asker.get(f"{path}?start={first['next']}", USER)
    assert (ids(second), second["next"]) == (before[51:], None)
    assert second["total"] == len(owned(sandbox, path))


@walked
@pytest.mark.parametrize("path", PATHS)
def test_no_key_that_is_there_is_called_missing(sandbox: Any, asker: Asker, path: str) -> None:
    there = owned(sandbox, path)
    answer = asker.open("GET", path, USER)
    assert (ids(answer.json), answer.headers["X-Shim-Incomplete"]) == (there[-25:], "1")
    shown = {number: asker.open("GET", f"{path}/{number}", USER).status_code for number in there}
    assert shown == dict.fromkeys(there, 501) | dict.fromkeys(there[-25:], 200)
    assert asker.open("DELETE", f"{path}/{there[-1]}", USER).status_code == 204
    assert ids(asker.get(path, USER)) == there[-26:-1]
    assert asker.open("GET", f"{path}/{there[-1]}", USER).status_code == 404


@pytest.mark.parametrize("asker", ["auto", "walk"], indirect=True)
@pytest.mark.parametrize("path", PATHS)
def test_keys_of_others_are_nobody_elses(sandbox: Any, asker: Asker, path: str) -> None:
    others = [number for number in owned(sandbox, path, "alice") if number not in owned(sandbox, path)]
    assert others
    for number in others:
        assert asker.open("DELETE", f"{path}/{number}", USER).status_code >= 400
        answer = asker.open("GET", f"{path}/{number}", USER)
        assert answer.status_code in (404, 501)
    assert set(others) <= set(owned(sandbox, path, "alice"))
    assert not set(others) & set(ids(asker.get(path, USER)))
