"""Patchsets, and the tools that tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from shim.sandbox.engine.cursor import Cursor, Page
from shim.sandbox.instance.call import Call
from shim.sandbox.services.lists import loaders
from shim.sandbox.services.lists.paging import page_by_time


@dataclass
class Patchset:
    """A series of patches."""

    typename: ClassVar[str] = "Patchset"
    id: int
    list_id: int
    created: datetime
    updated: datetime
    subject: str
    prefix: str | None
    version: int
    status: str
    cover_letter_id: int | None

    def browsable(self, call: Call) -> bool:
        """Whether the caller may read it."""
        row = call.store.lists.get(self.list_id)
        return row is not None and row.browsable(call, call.user)

    def cover_letter(self, call: Call) -> object:
        """The mail that introduces it."""
        return loaders.email(call, self.cover_letter_id)

    def list(self, call: Call) -> object:
        """The list."""
        return loaders.list_of(call, self.list_id)

    def patches(self, call: Call, cursor: Cursor | None = None) -> Page[Any]:
        """The patches, the oldest first."""
        rows = call.store.emails.where(lambda row: row.patchset_id == self.id and row.is_patch)
        rows.sort(key=lambda row: row.received)
        return page_by_time(rows, cursor, lambda row: row.received)

    def tools(self, call: Call) -> Sequence[PatchsetTool]:
        """The tools; the real server keeps no order, the last changed is the last."""
        return call.store.tools.where(lambda row: row.patchset_id == self.id)  # type: ignore[no-any-return]

    def mbox(self, call: Call) -> str:
        """Where the patches can be had."""
        return f"{call.origin}/query/patchset/{self.id}.mbox"


@dataclass
class PatchsetTool:
    """What a tool tells of a patchset."""

    typename: ClassVar[str] = "PatchsetTool"
    id: int
    patchset_id: int
    created: datetime
    updated: datetime
    icon: str
    details: str

    def patchset(self, call: Call) -> object:
        """The patchset."""
        return loaders.patchset(call, self.patchset_id)
