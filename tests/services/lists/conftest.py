"""The shim before the sandbox's lists.sr.ht, in either era and with either way of paging."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from shim.sandbox import Sandbox
from tests.cassettes import FIXTURES
from tests.kit import Asker
from tests.services.lists.kit import Archive


@pytest.fixture(scope="package", params=["2024", "2026"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[tuple[Sandbox, str, str]]:
    """The sandbox of an era, its address and the era."""
    sandbox = Sandbox(FIXTURES, era=request.param, services=["lists"])
    with sandbox.running() as address:
        yield sandbox, f"{address}/lists", request.param


@pytest.fixture
def archive(sandbox: tuple[Sandbox, str, str]) -> Iterator[Archive]:
    """The rows of a fresh sandbox, which nothing has killed afterwards."""
    sandbox[0].reset()
    before = len(sandbox[0].deaths)
    yield Archive(sandbox[0].services["lists"].store)
    assert sandbox[0].deaths[before:] == []


@pytest.fixture
def ask(sandbox: tuple[Sandbox, str, str], archive: Archive) -> Callable[..., Asker]:
    """The shim before it: `ask(paging)`."""

    def of(paging: str = "auto", **settings: str) -> Asker:
        _, address, era = sandbox
        given = {("shim", name.replace("_", "-")): value for name, value in settings.items()}
        return Asker("lists", address, {("shim", "era"): era, ("shim", "paging"): paging, **given})

    return of


@pytest.fixture
def lists(ask: Callable[..., Asker]) -> Asker:
    """Asks lists; the shim makes cursors, for it has the network key."""
    return ask()
