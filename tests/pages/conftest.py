"""A store with a month of calls, which the pages' tests only read."""

from __future__ import annotations

import pytest

from shim.store import migrations, open_store
from tests.pages import kit


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """The store, with odd names in it too."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('pages')}/store.sqlite3")
    migrations.migrate(store)
    kit.fill(store)
    kit.spoil(store)
    yield store
    store.close()


@pytest.fixture(scope="session")
def reader(filled):
    """Somebody who reads the pages over that store."""
    return kit.client(filled, kit.ENDS + kit.ODD)
