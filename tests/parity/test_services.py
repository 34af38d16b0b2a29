"""Every service says what it knows of its recordings; that is all that a new one has to add here."""

from __future__ import annotations

from importlib import import_module

import pytest

from shim.services import discover
from shim.settings import ERAS
from tests.parity.recorded import Recorded


@pytest.mark.parametrize("service", [service.name for service in discover()])
def test_the_recordings_of_every_service_are_replayed_in_every_era(service: str) -> None:
    module = import_module(f"tests.services.{service}.test_parity")
    classes = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Recorded)]
    held = [kind for kind in classes if kind is not Recorded]
    assert {(kind.service, kind.era) for kind in held} == {(service, era) for era in ERAS}
    assert all(kind.paths() and kind.calls for kind in held)
