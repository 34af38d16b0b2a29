"""The sandbox's paste.sr.ht: of 2024 on the derived data set, of 2026 on the recorded one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shim.sandbox import Conditions

from ...conftest import ROOT, Client, fresh, open_client


@pytest.fixture(scope="session")
def _paste_2024() -> Client:
    return open_client(ROOT, "2024", "paste")


@pytest.fixture(scope="session")
def _paste_2026() -> Client:
    return open_client(ROOT / "era2026", "2026", "paste")


@pytest.fixture
def paste(_paste_2024: Client) -> Iterator[Client]:
    """paste.sr.ht of 2024 on its untouched data set."""
    yield from fresh(_paste_2024, Conditions())


@pytest.fixture
def paste2026(_paste_2026: Client) -> Iterator[Client]:
    """paste.sr.ht of 2026 on its untouched data set."""
    yield from fresh(_paste_2026, Conditions())
