"""Root fields of both services' queries."""

from __future__ import annotations

from shim.sandbox.instance.viewer import Version, Viewer
from shim.sandbox.services.repositories.events import USER
from shim.sandbox.webhooks.fields import WebhookQueries

pass


class RepositoryQueries(Viewer, WebhookQueries):
    """The root of queries."""

    user_kind = USER
    version = Version()
