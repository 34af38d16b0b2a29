"""Pauses: brownouts and sunsets that do not take place, at once and for everybody, while something is put right.

They stand in the store, where all processes see them; each serving process keeps what it saw last.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from math import inf
from threading import Event

from shim.store import Outdated, Statements, Store

EVERYTHING = ""
"""The name under which all services are paused."""
AT_ONCE = 0.5
"""How many seconds a process that begins to serve gives its first look."""
INTERVAL = 2.0
"""How many seconds pass between two looks of a serving process at the store."""
_PAUSE = (
    "INSERT INTO pauses (service, until, at) VALUES (:service, :until, :at)"
    " ON CONFLICT (service) DO UPDATE SET until = excluded.until, at = excluded.at"
)


class Pauses:
    """What a process knows of the pauses; nothing is paused until it has looked."""

    def __init__(self, store: Store | None = None) -> None:
        self._store = store
        self._until: Mapping[str, float] = {}
        self._looked = Event()

    def refresh(self) -> None:
        """Look at the store. Raises StoreError if it can't be used; then what was seen last holds."""
        try:
            if self._store is not None:
                with suppress(Outdated):
                    self._until = active(self._store)
        finally:
            self._looked.set()

    def looked(self, patience: float = AT_ONCE) -> bool:
        """Whether another thread has looked, for which this waits so many seconds at most."""
        return self._looked.wait(patience)

    def spare(self, service: str, now: float) -> bool:
        """Whether a service is paused now, in Unix seconds."""
        until = self._until
        return bool(until) and now < max(until.get(service, 0.0), until.get(EVERYTHING, 0.0))


def active(store: Store, now: float = 0.0) -> dict[str, float]:
    """Until when each service is paused, in Unix seconds; those whose pause has ended by now are left out.

    Raises StoreError.
    """
    rows = store.read("SELECT service, until FROM pauses")
    found = {row["service"]: inf if row["until"] is None else float(row["until"]) for row in rows}
    return {service: until for service, until in found.items() if now < until}


def pause(store: Store, service: str, until: int | None, now: int) -> None:
    """Pause a service, or EVERYTHING, until a time in Unix seconds or till it is resumed. Raises StoreError."""
    store.write(lambda statements: statements.run(_PAUSE, service=service, until=until, at=now))


def resume(store: Store, service: str) -> bool:
    """End the pause of a service; of EVERYTHING it ends those of single services too.

    Says whether there was one. Raises StoreError.
    """

    def work(statements: Statements) -> bool:
        if service == EVERYTHING:
            return statements.run("DELETE FROM pauses") > 0
        return statements.run("DELETE FROM pauses WHERE service = :service", service=service) > 0

    return store.write(work)
