"""The users' webhooks on both services: their kind."""

from __future__ import annotations

from shim.sandbox.webhooks.subscriptions import Kind

USER = Kind(
    "user", "UserWebhookSubscription", dict.fromkeys(("REPO_CREATED", "REPO_UPDATE", "REPO_DELETED"), "REPOSITORIES")
)
