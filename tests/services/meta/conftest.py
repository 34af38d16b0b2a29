"""meta before a GraphQL server that answers as told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.kit import Asker


@pytest.fixture
def ask(asking: Callable[..., Asker]) -> Callable[..., Asker]:
    """The shim before the script: `ask(era=..., paging=..., lookup_token=...)`."""
    return partial(asking, "meta")


@pytest.fixture
def meta(ask: Callable[..., Asker]) -> Asker:
    """Asks meta; the shim makes cursors, for it has the network key."""
    return ask()
