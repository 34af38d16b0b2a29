"""The store's tables: numbered `.sql` files, the same text for both databases, each applied once and whole."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files

from shim.store.interface import Outdated, Statements, Store

PATIENCE = 600.0
"""How many seconds a migration waits for another process to end its own, and may take for each statement."""
_TABLE = "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)"


@dataclass(frozen=True)
class Migration:
    """One step: its name, e.g. `0001_usage`, and its text."""

    name: str
    text: str

    @property
    def statements(self) -> Iterator[str]:
        """Its statements; each ends with its line."""
        pending = ""
        for line in self.text.splitlines(keepends=True):
            pending += line
            if sqlite3.complete_statement(pending):
                yield pending.strip()
                pending = ""


@cache
def known() -> tuple[Migration, ...]:
    """The migrations there are, in their order."""
    found = [file for file in files(__package__).iterdir() if file.name.endswith(".sql")]
    return tuple(Migration(file.name[:-4], file.read_text("utf-8")) for file in sorted(found, key=lambda f: f.name))


def migrate(store: Store) -> list[str]:
    """Apply what is missing; the names of what this call applied, which is nothing if another process was faster.

    Each migration runs in one transaction with its row in the table of versions. Raises StoreError.
    """
    missing = [step for step in known() if step.name not in _applied(store)]
    return [step.name for step in missing if store.transact(partial(_apply, step), PATIENCE)]


def status(store: Store) -> list[tuple[str, int | None]]:
    """Each migration's name and the Unix second in which it was applied, None if it was not. Raises StoreError."""
    applied = _applied(store)
    return [(step.name, applied.get(step.name)) for step in known()]


def check(store: Store) -> None:
    """Raise Outdated unless the store's tables are those of this code."""
    missing = [name for name, applied_at in status(store) if applied_at is None]
    if missing:
        raise Outdated(f"{store.name}: {', '.join(missing)} not applied; run `shim store migrate`")


def _applied(store: Store) -> dict[str, int]:
    try:
        rows = store.query("SELECT name, applied_at FROM migrations", {})
    except Outdated:
        return {}
    newer = sorted({row["name"] for row in rows} - {step.name for step in known()})
    if newer:
        raise Outdated(f"{store.name}: belongs to a newer shim, which applied {', '.join(newer)}; update this one")
    return {row["name"]: row["applied_at"] for row in rows}


def _apply(step: Migration, statements: Statements) -> bool:
    """Whether a migration had to be applied: another process may have done so since."""
    statements.run(_TABLE)
    if statements.rows("SELECT name FROM migrations WHERE name = :name", name=step.name):
        return False
    for statement in step.statements:
        statements.run(statement)
    row = {"name": step.name, "now": int(time.time())}
    return statements.run("INSERT INTO migrations (name, applied_at) VALUES (:name, :now)", **row) == 1
