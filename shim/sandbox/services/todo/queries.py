"""Root fields of todo.sr.ht's queries."""

from __future__ import annotations

from shim.sandbox.engine.lookup import text
from shim.sandbox.instance.call import Call
from shim.sandbox.instance.viewer import Version, Viewer
from shim.sandbox.services.todo import kinds
from shim.sandbox.services.todo.participants import User
from shim.sandbox.webhooks.fields import WebhookQueries


class Query(Viewer, WebhookQueries):
    """The root of queries."""

    user_kind = kinds.USER
    version = Version()

    def user(self, call: Call, username: str) -> User | None:
        """A user by name, without tilde."""
        return call.store.users.named(text(username))  # type: ignore[no-any-return]
