"""Mutations of hg.sr.ht."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shim.sandbox.services.hg.repository import Repository
from shim.sandbox.services.hg.revisions import Revisions
from shim.sandbox.services.repositories import names
from shim.sandbox.services.repositories.mutations import RepositoryMutations

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call


class Mutation(RepositoryMutations[Repository]):
    """The root of mutations."""

    row = Repository
    required = ("visibility", "non_publishing")

    def contents(self, call: Call, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """No revisions yet, in a publishing repository as Mercurial makes one."""
        names.check_disk(call, name, ".hg")
        return {"non_publishing": False, "revisions": Revisions()}

    def changes(self, row: Repository, given: Mapping[str, Any]) -> dict[str, Any]:
        """Another phase for what is pushed."""
        return {"non_publishing": given["nonPublishing"]} if "nonPublishing" in given else {}
