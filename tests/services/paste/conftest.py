"""The shim before the sandbox's paste.sr.ht, in either era and with either way of paging."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shim.sandbox import Sandbox
from tests.cassettes import FIXTURES
from tests.kit import Asker


@pytest.fixture(scope="package", params=["2024", "2026"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[tuple[Sandbox, str, str]]:
    """The sandbox of an era, its address and the era."""
    sandbox = Sandbox(FIXTURES, era=request.param, services=["paste"])
    with sandbox.running() as address:
        yield sandbox, f"{address}/paste", request.param


@pytest.fixture(params=["auto", "walk"])
def paste(sandbox: tuple[Sandbox, str, str], request: pytest.FixtureRequest) -> Asker:
    """Asks paste; the shim makes cursors, or follows the server's."""
    served, address, era = sandbox
    served.reset()
    return Asker("paste", address, {("shim", "era"): era, ("shim", "paging"): request.param})
