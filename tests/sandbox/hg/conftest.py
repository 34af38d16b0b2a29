"""The sandbox's hg.sr.ht of both eras, on the derived data set."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shim.sandbox import Sandbox
from shim.sandbox.server import ERAS

from ..conftest import ROOT, Client, Receiver


@pytest.fixture(scope="session")
def _clients() -> dict[str, Client]:
    receivers = {era: Receiver() for era in ERAS}
    sandboxes = {era: Sandbox(ROOT, era=era, services=["hg"], transport=receivers[era]) for era in ERAS}
    return {era: Client(sandboxes[era], receivers[era], "hg") for era in ERAS}


def _fresh(client: Client) -> Iterator[Client]:
    client.sandbox.reset()
    client.receiver.got.clear()
    yield client
    client.sandbox.drain()


@pytest.fixture
def hg(_clients: dict[str, Client]) -> Iterator[Client]:
    """hg.sr.ht of 2024 on its untouched data set."""
    yield from _fresh(_clients["2024"])


@pytest.fixture
def hg2026(_clients: dict[str, Client]) -> Iterator[Client]:
    """hg.sr.ht of 2026 on the same data set."""
    yield from _fresh(_clients["2026"])
