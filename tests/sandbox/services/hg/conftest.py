"""The sandbox's hg.sr.ht of both eras, on the derived data set."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shim.sandbox import Conditions
from shim.settings import ERAS

from ...conftest import ROOT, Client, fresh, open_client


@pytest.fixture(scope="session")
def _clients() -> dict[str, Client]:
    return {era: open_client(ROOT, era, "hg") for era in ERAS}


@pytest.fixture
def hg(_clients: dict[str, Client]) -> Iterator[Client]:
    """hg.sr.ht of 2024 on its untouched data set."""
    yield from fresh(_clients["2024"], Conditions())


@pytest.fixture
def hg2026(_clients: dict[str, Client]) -> Iterator[Client]:
    """hg.sr.ht of 2026 on the same data set."""
    yield from fresh(_clients["2026"], Conditions())
