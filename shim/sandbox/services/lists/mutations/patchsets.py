"""Patchsets and their tools."""

from __future__ import annotations

from shim.sandbox.engine import times
from shim.sandbox.engine.errors import FieldError, sql_text
from shim.sandbox.instance.call import Call
from shim.sandbox.services.lists.patchset import Patchset, PatchsetTool


class PatchsetMutations:
    """Changing the status of patchsets and telling what tools say, for owners and moderators of their lists."""

    def update_patchset(self, call: Call, id_: int, status: str) -> Patchset | None:
        """Change the status; the age stays."""
        row = _moderated(call, id_)
        if row:
            row.status = status
        return row

    def create_tool(self, call: Call, patchset_id: int, details: str, icon: str) -> PatchsetTool:
        """Add a tool. Who may not is told of a null."""
        table = call.store.tools
        row = _moderated(call, patchset_id)
        sql_text(details)
        row_id, now = table.take_id(), times.now()
        if row is None:
            place = 'column index 5, name "patchset_id"'
            raise FieldError(f"sql: Scan error on {place}: converting NULL to int is unsupported")
        return table.add(PatchsetTool(row_id, row.id, now, now, icon, details))  # type: ignore[no-any-return]

    def update_tool(
        self, call: Call, id_: int, details: str | None = None, icon: str | None = None
    ) -> PatchsetTool | None:
        """Change what is given of a tool, which makes it the last."""
        if details is None and icon is None:
            raise FieldError("update statements must have at least one Set clause")
        row: PatchsetTool | None = call.store.tools.get(id_)
        if row is None or _moderated(call, row.patchset_id) is None:
            return None
        row.details = row.details if details is None else sql_text(details)
        row.icon = icon or row.icon
        row.updated = times.now()
        return call.store.tools.changed(row)  # type: ignore[no-any-return]


def _moderated(call: Call, patchset_id: int) -> Patchset | None:
    """A patchset that the caller may change."""
    row: Patchset | None = call.store.patchsets.get(patchset_id)
    found = call.store.lists.get(row.list_id) if row else None
    return row if found and found.moderated(call, call.user) else None
