"""The metrics of one process, or of all its siblings where they count into one folder."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry

from shim.metrics.counting import OTHER, Counting
from shim.metrics.families import Families
from shim.metrics.fates import Fates, Paused
from shim.metrics.processes import FOLDER, Folder
from shim.services.backend import Backend
from shim.services.hooks import Exchange

REASONS = ("full", "store", "killed", "stopped")
"""Why the recorder may have lost a call."""


def _none_paused(service: str) -> bool:
    return False


class Meter:
    """Counts the calls of all services, and gathers what `/metrics` shows.

    A process has one: where several count into a folder, two of one process would overwrite each other.
    """

    def __init__(self, backends: Mapping[str, Backend], paused: Paused = _none_paused) -> None:
        self.registry = CollectorRegistry()
        folder = os.environ.get(FOLDER)
        self._families = Families(None if folder else self.registry)
        if folder:
            self.registry.register(Folder(folder))
        self.registry.register(Fates(backends, paused))
        self._services = {name: Counting(backend, self._families) for name, backend in backends.items()}
        self._lost: Callable[[], Mapping[str, int]] = dict
        self._queued: Callable[[], int] = int
        self._seen: dict[str, int] = {}
        self._lock = threading.Lock()

    def observe(self, exchange: Exchange) -> None:
        """Count one answered call: an observer for `services.hooks`."""
        self._services[exchange.service].count(exchange)

    def busy(self, service: str) -> None:
        """Count a call that got no thread."""
        self._families.busy.labels(service).inc()

    def arrived(self, service: str, result: str) -> None:
        """Count what became of a webhook, of no service where none was meant."""
        self._families.webhooks.labels(service, result).inc()

    def watch(self, lost: Callable[[], Mapping[str, int]], queued: Callable[[], int]) -> None:
        """Show a recorder: the calls that it has lost so far, by reason, and how many wait for it."""
        self._lost, self._queued = lost, queued
        for reason in REASONS:
            self._families.lost.labels(reason)

    def refresh(self) -> None:
        """Look at the recorder. To be done every few seconds where several processes count: each has its own."""
        with self._lock:
            for reason, calls in dict(self._lost()).items():
                more, self._seen[reason] = calls - self._seen.get(reason, 0), calls
                self._families.lost.labels(reason if reason in REASONS else OTHER).inc(max(0, more))
            self._families.queue.set(self._queued())
