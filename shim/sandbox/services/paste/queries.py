"""Root fields of paste.sr.ht's queries."""

from __future__ import annotations

from shim.sandbox.engine.cursor import Cursor, Page, page
from shim.sandbox.engine.errors import sql_text
from shim.sandbox.instance.call import Call
from shim.sandbox.instance.viewer import Version, Viewer
from shim.sandbox.services.paste.hooks import USER
from shim.sandbox.services.paste.rows import Paste
from shim.sandbox.webhooks.fields import WebhookQueries


class Query(Viewer, WebhookQueries):
    """The root of queries."""

    user_kind = USER
    version = Version()

    def pastes(self, call: Call, cursor: Cursor | None = None) -> Page[Paste]:
        """The caller's pastes, the newest first."""
        rows = call.store.pastes.where(lambda row: row.user is call.user)
        return page(reversed(rows), cursor, lambda row: row.row_id)

    def paste(self, call: Call, id_: str) -> Paste | None:
        """A paste, if the caller may read it."""
        sha = sql_text(id_)
        return call.store.pastes.first(  # type: ignore[no-any-return]
            lambda row: row.sha == sha and row.readable(call)
        )
