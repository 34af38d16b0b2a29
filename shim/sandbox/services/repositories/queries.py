"""Root fields of both services' queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shim.sandbox.engine.cursor import Cursor, Page
from shim.sandbox.instance.viewer import Version, Viewer
from shim.sandbox.services.repositories.events import USER
from shim.sandbox.services.repositories.rows import Repository
from shim.sandbox.webhooks.fields import WebhookQueries

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call


class RepositoryQueries(Viewer, WebhookQueries):
    """The root of queries."""

    user_kind = USER
    version = Version()

    def repository(self, call: Call, rid: str) -> Repository | None:
        """A repository by its resource id."""
        return call.store.repositories.first(lambda row: row.rid == rid and row.readable(call))  # type: ignore[no-any-return]

    def repositories(self, call: Call, cursor: Cursor | None = None, filter_: Any = None) -> Page[Repository]:
        """The caller's own repositories."""
        return call.user.repositories(call, cursor, filter_)  # type: ignore[no-any-return]
