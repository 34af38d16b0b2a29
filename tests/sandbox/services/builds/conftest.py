"""builds.sr.ht of either era over its own data set."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shim.sandbox import Conditions

from ...conftest import ROOT, Client, fresh, open_client


@pytest.fixture(scope="session")
def _builds_2024() -> Client:
    return open_client(ROOT, "2024", "builds")


@pytest.fixture(scope="session")
def _builds_2026() -> Client:
    return open_client(ROOT / "era2026", "2026", "builds")


@pytest.fixture
def builds(_builds_2024: Client) -> Iterator[Client]:
    """builds.sr.ht of 2024 on its untouched data set."""
    yield from fresh(_builds_2024, Conditions())


@pytest.fixture
def builds2026(_builds_2026: Client) -> Iterator[Client]:
    """builds.sr.ht of 2026 on its own data set."""
    yield from fresh(_builds_2026, Conditions())
