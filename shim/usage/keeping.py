"""What is kept of one user, let go of; and all of it, told row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from shim.store import Row, Statements, Store
from shim.usage.identity import Identity
from shim.usage.report import Scope

KEY = ("hour", "service", "endpoint", "caller", "agent", "authorization_kind", "status")
_PIECE = 1000
_HOURS = 100


@dataclass(frozen=True)
class Forgotten:
    """How much there was of a user: rows of usage, and whether there was a row of outreach."""

    rows: int
    outreach: int


def forget(store: Store, identity: Identity, name: str) -> Forgotten:
    """Delete all rows of a user, under his name, with or without `~`, and under its hash. Raises StoreError.

    What a shim that runs has not written yet comes after it, as does whatever he calls from then on.
    """
    rows = outreach = 0
    for form in identity.forms(name):
        while deleted := store.write(partial(_delete, form)):
            rows += deleted
        outreach += store.write(partial(_strike, form))
    return Forgotten(rows, outreach)


def _delete(caller: str, statements: Statements) -> int:
    """The rows of some hours: a transaction that lasts keeps others waiting."""
    hours = "SELECT DISTINCT hour FROM usage WHERE caller = :caller ORDER BY hour LIMIT :most"
    sql = f"DELETE FROM usage WHERE caller = :caller AND hour IN ({hours})"  # noqa: S608
    return statements.run(sql, caller=caller, most=_HOURS)


def _strike(caller: str, statements: Statements) -> int:
    return statements.run("DELETE FROM outreach WHERE caller = :caller", caller=caller)


def count(store: Store, scope: Scope) -> int:
    """How many rows `rows` would give now."""
    sql = "SELECT COUNT(*) AS n FROM usage WHERE hour >= :since AND hour < :until"
    found: int = store.read(sql, since=scope.since, until=scope.until)[0]["n"]
    return found


def rows(store: Store, scope: Scope) -> Iterator[Row]:
    """The rows of the hours of a scope in the order of their keys, however many they are. Raises StoreError."""
    last: Sequence[Any] = ()
    while piece := _piece(store, scope, last):
        yield from piece
        last = [piece[-1][column] for column in KEY]


def _piece(store: Store, scope: Scope, last: Sequence[Any]) -> list[Row]:
    """Some rows, those behind a key if one is given."""
    columns = ", ".join(KEY)
    behind = f" AND ({columns}) > ({', '.join(f':{column}' for column in KEY)})" if last else ""
    sql = f"SELECT * FROM usage WHERE hour >= :since AND hour < :until{behind} ORDER BY {columns} LIMIT :most"  # noqa: S608
    values = dict(zip(KEY, last, strict=True)) if last else {}
    return store.read(sql, since=scope.since, until=scope.until, most=_PIECE, **values)
