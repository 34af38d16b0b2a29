"""The store: what must outlast a request and a process, in SQLite or PostgreSQL (design D8).

`open_store` gives a Store: `read` for one statement, `write` for a transaction. Either fails with StoreError.
"""

from shim.store import migrations
from shim.store.interface import Outdated, Row, Statements, Store, StoreError
from shim.store.opening import open_store

__all__ = ["Outdated", "Row", "Statements", "Store", "StoreError", "migrations", "open_store"]
