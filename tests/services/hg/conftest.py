"""The shim's hg service in front of the sandbox's, or of what a cassette holds of it."""

from __future__ import annotations

import pytest

from tests.kit import Asker


@pytest.fixture
def service() -> str:
    """Whose upstream is recorded."""
    return "hg"


@pytest.fixture
def hg(upstream: str) -> Asker:
    """Asks hg; the shim makes cursors, for it has the network key."""
    return Asker("hg", upstream)


@pytest.fixture
def hg_walking(upstream: str) -> Asker:
    """Asks hg; the shim follows the server's cursors."""
    return Asker("hg", upstream, {("shim", "paging"): "walk"})
