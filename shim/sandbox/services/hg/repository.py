"""Repositories of hg.sr.ht as GraphQL shows them."""

from __future__ import annotations

from dataclasses import dataclass

from shim.sandbox.instance.call import Call
from shim.sandbox.services.hg.revisions import Revisions
from shim.sandbox.services.repositories import rows as common


@dataclass(eq=False, kw_only=True)
class Repository(common.Repository):
    """A repository with its files."""

    revisions: Revisions

    def cat(self, call: Call, path: str, revspec: str | None = None) -> str:
        """A file as text: what is no UTF-8 is lost (hg dossier, gap 5)."""
        return self.revisions.file(path, revspec).decode("utf-8", "replace")
