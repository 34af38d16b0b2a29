"""A clock that stands, and a recorder before a store that can be broken."""

from __future__ import annotations

import pytest

from shim.usage.recorder import Recorder
from tests.usage.kit import StoreOf
from tests.usage.recording import NAMES, Clock


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def of(store, tmp_path, clock):
    """A store that can be broken, and a recorder before it."""
    broken = StoreOf(store)
    return broken, Recorder(broken, NAMES, state=tmp_path, clock=clock, queue=1000)
