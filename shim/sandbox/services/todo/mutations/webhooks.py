"""Webhooks of users, trackers and tickets."""

from __future__ import annotations

from typing import Any

from shim.sandbox.instance.call import Call
from shim.sandbox.services.todo import kinds, loaders
from shim.sandbox.webhooks.fields import WebhookMutations, add, check, found, remove
from shim.sandbox.webhooks.subscriptions import Subscription


class HookMutations(WebhookMutations):
    """Subscribing to events. Whoever sees a tracker or a ticket may hang a webhook on it."""

    user_kind = kinds.USER

    def create_tracker_webhook(self, call: Call, tracker_id: int, config: dict[str, Any]) -> Subscription:
        """Subscribe to a tracker's events."""
        check(call, kinds.TRACKER, config)
        tracker = loaders.tracker(call, tracker_id)
        if tracker is None:
            raise call.denied()
        return add(call, kinds.TRACKER, config, tracker.id)

    def delete_tracker_webhook(self, call: Call, id_: int) -> Subscription:
        """End such a subscription."""
        return remove(call, found(call, kinds.TRACKER, id_))

    def create_ticket_webhook(
        self, call: Call, tracker_id: int, ticket_id: int, config: dict[str, Any]
    ) -> Subscription:
        """Subscribe to a ticket's events."""
        check(call, kinds.TICKET, config)
        ticket = loaders.ticket_numbered(call, tracker_id, ticket_id)
        if ticket is None:
            raise call.denied()
        return add(call, kinds.TICKET, config, ticket.row_id)

    def delete_ticket_webhook(self, call: Call, id_: int) -> Subscription:
        """End such a subscription."""
        return remove(call, found(call, kinds.TICKET, id_))
