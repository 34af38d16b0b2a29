"""Webhooks of users and lists."""

from __future__ import annotations

from typing import Any

from shim.sandbox.engine.errors import FieldError
from shim.sandbox.instance.call import Call
from shim.sandbox.services.lists import kinds, loaders
from shim.sandbox.webhooks.fields import WebhookMutations, add, check, found, remove
from shim.sandbox.webhooks.subscriptions import Subscription


class HookMutations(WebhookMutations):
    """Subscribing to events. Whoever sees a list may hang a webhook on it."""

    user_kind = kinds.USER

    def create_mailing_list_webhook(self, call: Call, list_id: int, config: dict[str, Any]) -> Subscription:
        """Subscribe to a list's events."""
        check(call, kinds.LIST, config)
        row = loaders.list_of(call, list_id)
        if row is None:
            raise FieldError("Access denied")
        return add(call, kinds.LIST, config, row.id)

    def delete_mailing_list_webhook(self, call: Call, id_: int) -> Subscription:
        """End such a subscription."""
        return remove(call, found(call, kinds.LIST, id_))
