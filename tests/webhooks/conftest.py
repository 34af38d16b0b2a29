"""What tests of the outbox begin with: a clock that is set, and an outbox that goes by it."""

from __future__ import annotations

import pytest

from tests.webhooks.waiting import Clock, outbox


@pytest.fixture
def clock():
    """A clock that is set by hand."""
    return Clock()


@pytest.fixture
def box(store, clock):
    """An outbox in either database."""
    return outbox(store, clock)
