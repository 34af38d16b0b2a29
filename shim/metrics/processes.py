"""Several processes that count together: each has a place, which is a set of files in a folder that they share.

Whoever follows a process takes over its place and goes on counting where it has ended, however that was; so no count
ever falls, and there are no more files than processes that lived at the same time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from itertools import count
from pathlib import Path

import structlog
from prometheus_client import Metric, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

log = structlog.get_logger(__name__)
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that says where, which an operator may set for another WSGI server."""
RESERVED = {"counter": 2**20, "histogram": 2**21, "gauge_livesum": 2**16}
"""Bytes that are taken on the disk for each kind of file. They are mapped into memory: without room they would kill."""


class Places:
    """The places of a master's processes, in a folder of its own."""

    def __init__(self) -> None:
        # No TemporaryDirectory: the workers inherit it, and the first of them to end would clear it away.
        self.folder = tempfile.mkdtemp(prefix="shim-metrics-")

    def free(self, taken: Iterable[int]) -> int:
        """The first place that no living process has."""
        known = set(taken)
        return next(place for place in count() if place not in known)

    def left(self, place: int) -> None:
        """The process at a place has ended: its counts stay, what was true of it alone goes."""
        mark_process_dead(place, self.folder)  # type: ignore[no-untyped-call]

    def stop(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder, ignore_errors=True)


def join(folder: str, place: int) -> None:
    """Let this process count at a place, before it has a metric; in memory, for itself, where the disk has no room."""
    os.environ.pop(FOLDER, None)
    try:
        for kind, size in RESERVED.items():
            _reserve(Path(folder, f"{kind}_{place}.db"), size)
    except OSError as error:
        log.warning("metrics", problem="each process counts for itself", cause=error.strerror)
        values.ValueClass = values.MutexValue
        return
    os.environ[FOLDER] = folder
    values.ValueClass = values.MultiProcessValue(lambda: place)  # type: ignore[no-untyped-call]


def _reserve(path: Path, size: int) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, size)
    finally:
        os.close(descriptor)


class Folder(Collector):
    """What all processes have counted that share a folder."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def collect(self) -> Iterable[Metric]:
        """The sums. A file that is just being made has nothing in it yet, not even its length."""
        files = [str(path) for path in self._folder.glob("*.db") if _size(path)]
        return MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call, no-any-return]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
