"""Which store a URL means."""

from __future__ import annotations

from pathlib import Path

from shim.parsers import store_url
from shim.store.interface import Store, StoreError

PATIENCE = 5.0
"""How many seconds a call waits for others: a lock, a connection."""
LIMIT = 20.0
"""How many seconds a statement may take then."""


def open_store(url: str, patience: float = PATIENCE, limit: float = LIMIT) -> Store:
    """The store at `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST/DATABASE`, which nothing is asked of yet.

    Raises ValueError for any other URL, ModuleNotFoundError without psycopg where it is needed, and StoreError if
    that, or an option in the URL, can't be used.
    """
    url = store_url(url)
    if url.startswith("sqlite:"):
        from shim.store.sqlite import SQLiteStore

        return SQLiteStore(Path(url.removeprefix("sqlite:///")).absolute(), patience, limit)
    try:
        from shim.store.postgres import PostgresStore
    except ModuleNotFoundError:
        raise
    except ImportError as error:  # psycopg is there, the library of PostgreSQL is not
        raise StoreError(f"psycopg can't be used: {str(error).splitlines()[0]}") from None
    return PostgresStore(url, patience, limit)
