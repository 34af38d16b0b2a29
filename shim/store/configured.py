"""The store of a configuration, for those who serve: without it they do so all the same."""

from __future__ import annotations

import structlog

from shim.settings import Config
from shim.store.interface import Store, StoreError
from shim.store.opening import open_store

log = structlog.get_logger(__name__)


def configured(config: Config) -> Store | None:
    """The store, of which nothing is asked yet; None where there is to be none, or it can never be used."""
    if config.store is None:
        return None
    try:
        return open_store(config.store)
    except (ModuleNotFoundError, StoreError, ValueError) as error:
        log.warning("no store: nothing will be remembered", problem=str(error))
        return None
