"""lists.sr.ht of either era over its own data set."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shim.sandbox import Conditions

from ...conftest import ROOT, Client, fresh, open_client


@pytest.fixture(scope="session")
def _lists_2024() -> Client:
    return open_client(ROOT, "2024", "lists")


@pytest.fixture(scope="session")
def _lists_2026() -> Client:
    return open_client(ROOT / "era2026", "2026", "lists")


@pytest.fixture
def lists(_lists_2024: Client) -> Iterator[Client]:
    """lists.sr.ht of 2024 on its untouched data set."""
    yield from fresh(_lists_2024, Conditions())


@pytest.fixture
def lists2026(_lists_2026: Client) -> Iterator[Client]:
    """lists.sr.ht of 2026 on its own data set."""
    yield from fresh(_lists_2026, Conditions())
