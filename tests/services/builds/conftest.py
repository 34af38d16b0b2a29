"""builds before a GraphQL server that answers as told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.kit import Asker


@pytest.fixture
def ask(asking: Callable[..., Asker]) -> Callable[..., Asker]:
    """The shim before the script: `ask(era=..., paging=..., manifest_token=...)`."""
    return partial(asking, "builds")


@pytest.fixture
def builds(ask: Callable[..., Asker]) -> Asker:
    """Asks builds; the shim makes cursors, for it has the network key."""
    return ask()
