"""The sandbox's paste.sr.ht: of 2024 on the derived data set, of 2026 on the recorded one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shim.sandbox import Conditions

from ...conftest import ROOT, Client, open_client


@pytest.fixture(scope="session")
def _clients() -> dict[str, Client]:
    return {"2024": open_client(ROOT, "2024", "paste"), "2026": open_client(ROOT / "era2026", "2026", "paste")}


def _untouched(client: Client) -> Iterator[Client]:
    client.sandbox.reset(Conditions())
    client.receiver.got.clear()
    yield client
    client.sandbox.drain()


@pytest.fixture
def paste(_clients: dict[str, Client]) -> Iterator[Client]:
    """paste.sr.ht of 2024 on its untouched data set."""
    yield from _untouched(_clients["2024"])


@pytest.fixture
def paste2026(_clients: dict[str, Client]) -> Iterator[Client]:
    """paste.sr.ht of 2026 on its untouched data set."""
    yield from _untouched(_clients["2026"])
