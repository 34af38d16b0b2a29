"""What makes up both services."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from shim.sandbox.repositories.data import Dataset, Store
from shim.sandbox.service import Service


class RepositoryService(Service):
    """The base of git.sr.ht and hg.sr.ht."""

    shared = ("core.graphqls", "repositories/repositories.graphqls")
    dataset: ClassVar[type[Dataset]]

    def load(self, data: Path) -> Dataset:
        """Read the data set with the contents of its repositories."""
        return self.dataset.read(data)

    def open(self, dataset: Dataset) -> Store[Any]:
        """The untouched state."""
        return dataset.open()
