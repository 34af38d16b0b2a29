"""The service git.sr.ht."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from shim.sandbox.data.columns import Row
from shim.sandbox.services.git import files
from shim.sandbox.services.git.data import TABLES, with_contents
from shim.sandbox.services.git.hooks import GIT
from shim.sandbox.services.git.mutations import Mutation
from shim.sandbox.services.git.queries import Query
from shim.sandbox.services.repositories.events import USER
from shim.sandbox.services.repositories.service import RepositoryService
from shim.sandbox.services.service import Route


class GitService(RepositoryService):
    """git.sr.ht over a data set of either era."""

    slug = "git"
    tables = TABLES
    kinds = (USER, GIT)
    query = Query()
    mutation = Mutation()
    routes: ClassVar[Mapping[str, Route]] = {
        "blob/<repository>/<oid>": files.blob,
    }

    @classmethod
    def read(cls, folder: Path) -> Row:
        """The lists, with the contents of the repositories, which lie in files of their own."""
        return with_contents(super().read(folder), folder)
