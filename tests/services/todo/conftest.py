"""The shim before the sandbox's todo.sr.ht, in either era and with either way of paging."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from shim.sandbox import Sandbox
from tests.cassettes import FIXTURES
from tests.kit import Asker


@pytest.fixture(scope="package", params=["2024", "2026"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[tuple[Sandbox, str, str]]:
    """The sandbox of an era, its address and the era."""
    sandbox = Sandbox(FIXTURES, era=request.param, services=["todo"])
    with sandbox.running() as address:
        yield sandbox, f"{address}/todo", request.param


@pytest.fixture
def ask(sandbox: tuple[Sandbox, str, str]) -> Callable[..., Asker]:
    """The shim before a fresh sandbox: `ask(paging)`."""
    servers, address, era = sandbox
    servers.reset()

    def of(paging: str = "auto") -> Asker:
        return Asker("todo", address, {("shim", "era"): era, ("shim", "paging"): paging})

    return of


@pytest.fixture
def todo(ask: Callable[..., Asker]) -> Asker:
    """Asks todo; the shim makes cursors, for it has the network key."""
    return ask()
