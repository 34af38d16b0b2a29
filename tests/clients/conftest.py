"""Servers of each era for old clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.clients.kit import Stand, standing


@pytest.fixture(scope="package")
def stands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Stand]]:
    """The servers of an era, untouched."""
    standing_: dict[str, Stand] = {}
    with ExitStack() as exits:

        def of(era: str) -> Stand:
            if era not in standing_:
                standing_[era] = exits.enter_context(standing(era, tmp_path_factory.mktemp(era), webhook_dual=True))
            stand = standing_[era]
            stand.sandbox.reset()
            stand.upstream.clear()
            return stand

        yield of


@pytest.fixture
def stand(stands: Callable[[str], Stand]) -> Stand:
    """The servers of 2026, untouched."""
    return stands("2026")
