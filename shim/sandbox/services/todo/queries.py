"""Root fields of todo.sr.ht's queries."""

from __future__ import annotations

from shim.sandbox.instance.call import Call
from shim.sandbox.instance.viewer import Version, Viewer
from shim.sandbox.services.todo import kinds, loaders
from shim.sandbox.services.todo.participants import User
from shim.sandbox.webhooks.fields import WebhookQueries
from shim.sandbox.webhooks.subscriptions import Subscription


class Query(Viewer, WebhookQueries):
    """The root of queries."""

    user_kind = kinds.USER
    version = Version()

    def user(self, call: Call, username: str) -> User | None:
        """A user by name, without tilde."""
        return call.store.users.named(loaders.text(username))  # type: ignore[no-any-return]

    def user_webhook(self, call: Call, id_: int) -> Subscription:
        """One of the caller's subscriptions; an unknown one is an error here."""
        return kinds.found(call, kinds.USER, id_)
