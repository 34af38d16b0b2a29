"""The service git.sr.ht."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from shim.sandbox.services.git import files
from shim.sandbox.services.git.data import Dataset
from shim.sandbox.services.git.mutations import Mutation
from shim.sandbox.services.git.queries import Query
from shim.sandbox.services.repositories.service import RepositoryService
from shim.sandbox.services.service import Route


class GitService(RepositoryService):
    """git.sr.ht over a data set of either era."""

    slug = "git"
    dataset = Dataset
    query = Query()
    mutation = Mutation()
    routes: ClassVar[Mapping[str, Route]] = {
        "blob/<repository>/<oid>": files.blob,
        "artifact/<checksum>/<filename>": files.artifact,
    }
