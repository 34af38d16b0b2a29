"""Webhooks of users, trackers and tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shim.sandbox.services.todo import hooks, loaders
from shim.sandbox.webhooks.fields import WebhookMutations, add, check, remove
from shim.sandbox.webhooks.subscriptions import Kind, Subscription

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call


class HookMutations(WebhookMutations):
    """Subscribing to events. Whoever sees a tracker or a ticket may hang a webhook on it."""

    user_kind = hooks.USER

    def delete_user_webhook(self, call: Call, id_: int) -> Subscription:
        """End a subscription to one's own events."""
        return _delete(call, hooks.USER, id_)

    def create_tracker_webhook(self, call: Call, tracker_id: int, config: dict[str, Any]) -> Subscription:
        """Subscribe to a tracker's events."""
        check(call, hooks.TRACKER, config)
        tracker = loaders.tracker(call, tracker_id)
        if tracker is None:
            raise call.denied()
        return add(call, hooks.TRACKER, config, tracker.id)

    def delete_tracker_webhook(self, call: Call, id_: int) -> Subscription:
        """End such a subscription."""
        return _delete(call, hooks.TRACKER, id_)

    def create_ticket_webhook(
        self, call: Call, tracker_id: int, ticket_id: int, config: dict[str, Any]
    ) -> Subscription:
        """Subscribe to a ticket's events."""
        check(call, hooks.TICKET, config)
        ticket = loaders.ticket_numbered(call, tracker_id, ticket_id)
        if ticket is None:
            raise call.denied()
        return add(call, hooks.TICKET, config, ticket.row_id)

    def delete_ticket_webhook(self, call: Call, id_: int) -> Subscription:
        """End such a subscription."""
        return _delete(call, hooks.TICKET, id_)


def _delete(call: Call, kind: Kind, row_id: int) -> Subscription:
    return remove(call, hooks.found(call, kind, row_id))
