"""Root fields of both services' queries."""

from __future__ import annotations

from shim.sandbox.instance.call import Call
from shim.sandbox.instance.viewer import Version, Viewer
from shim.sandbox.services.repositories.events import USER
from shim.sandbox.webhooks.fields import WebhookQueries, visible
from shim.sandbox.webhooks.subscriptions import Subscription

pass


class RepositoryQueries(Viewer, WebhookQueries):
    """The root of queries."""

    user_kind = USER
    version = Version()

    def user_webhook(self, call: Call, id_: int) -> Subscription | None:
        """One of the caller's subscriptions; an unknown one is null here."""
        return visible(call, USER, id_)
