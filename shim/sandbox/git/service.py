"""The service git.sr.ht."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from shim.sandbox.git import files
from shim.sandbox.git.data import Dataset, Store
from shim.sandbox.git.mutations import Mutation
from shim.sandbox.git.queries import Query
from shim.sandbox.service import Route, Service


class GitService(Service):
    """git.sr.ht over a data set of either era."""

    slug = "git"
    query = Query()
    mutation = Mutation()
    routes: ClassVar[Mapping[str, Route]] = {
        "blob/<repository>/<oid>": files.blob,
        "artifact/<checksum>/<filename>": files.artifact,
    }

    def load(self, data: Path) -> Dataset:
        """Read the data set and its git objects."""
        return Dataset.read(data)

    def open(self, dataset: Dataset) -> Store:
        """The untouched state."""
        return dataset.open()
