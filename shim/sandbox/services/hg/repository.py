"""Repositories of hg.sr.ht as GraphQL shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from shim.sandbox.engine.cursor import Cursor, Page, page_by_name
from shim.sandbox.services.hg.revisions import Revisions
from shim.sandbox.services.repositories import rows as common

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call


@dataclass(frozen=True)
class File:
    """A file of a revision."""

    typename: ClassVar[str] = "File"
    name: str


@dataclass(eq=False, kw_only=True)
class Repository(common.Repository):
    """A repository with its files."""

    non_publishing: bool
    revisions: Revisions

    access_control_list = common.Repository.acls

    def cat(self, call: Call, path: str, revspec: str | None = None) -> str:
        """A file as text: what is no UTF-8 is lost (hg dossier, gap 5)."""
        return self.revisions.file(path, revspec).decode("utf-8", "replace")

    def files(self, call: Call, path: str, revspec: str | None = None, cursor: Cursor | None = None) -> Page[File]:
        """The files below a directory, the empty path being the root."""
        prefix = f"{path.rstrip('/')}/" if path.strip("/") else ""
        names = sorted(name for name in self.revisions.manifest(revspec) if name.startswith(prefix))
        return page_by_name([File(name) for name in names], cursor, lambda row: row.name.encode())
