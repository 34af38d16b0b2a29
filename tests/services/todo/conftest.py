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


@pytest.fixture(scope="package")
def shim(sandbox: tuple[Sandbox, str, str]) -> Asker:
    """The shim before it: where it makes cursors itself it remembers nothing of the data."""
    return _shim(sandbox, "auto")


@pytest.fixture
def ask(sandbox: tuple[Sandbox, str, str], shim: Asker) -> Callable[..., Asker]:
    """The shim before a fresh sandbox: `ask(paging)`."""
    sandbox[0].reset()
    return lambda paging="auto": shim if paging == "auto" else _shim(sandbox, paging)


@pytest.fixture
def todo(ask: Callable[..., Asker]) -> Asker:
    """Asks todo; the shim makes cursors, for it has the network key."""
    return ask()


def _shim(sandbox: tuple[Sandbox, str, str], paging: str) -> Asker:
    _, address, era = sandbox
    return Asker("todo", address, {("shim", "era"): era, ("shim", "paging"): paging})
