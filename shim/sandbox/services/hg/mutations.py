"""Mutations of hg.sr.ht."""

from __future__ import annotations

from typing import Any

from shim.sandbox.instance.call import Call
from shim.sandbox.services.hg.repository import Repository
from shim.sandbox.services.hg.revisions import Revisions
from shim.sandbox.services.repositories import names
from shim.sandbox.services.repositories.mutations import RepositoryMutations


class Mutation(RepositoryMutations[Repository]):
    """The root of mutations."""

    row = Repository

    def contents(self, call: Call, name: str) -> dict[str, Any]:
        """No revisions yet."""
        names.check_disk(call, name, ".hg")
        return {"revisions": Revisions()}
