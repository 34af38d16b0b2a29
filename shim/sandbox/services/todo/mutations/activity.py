"""Mail subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shim.sandbox.engine.errors import PanicError
from shim.sandbox.services.todo import activity, loaders
from shim.sandbox.services.todo.activity import Subscription
from shim.sandbox.services.todo.faults import not_found
from shim.sandbox.services.todo.mutations.prelude import caller

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call
    from shim.sandbox.services.todo.ticket import Ticket


class ActivityMutations:
    """Subscribing to mail and ending that."""

    def tracker_subscribe(self, call: Call, tracker_id: int) -> Subscription:
        """Subscribe to a tracker."""
        if loaders.tracker(call, tracker_id) is None:
            raise call.denied()
        return activity.subscribe(call, caller(call), tracker_id=tracker_id)

    def tracker_unsubscribe(self, call: Call, tracker_id: int, tickets: bool) -> Subscription:
        """End a subscription to a tracker; to end those to its tickets too was never written."""
        if tickets:
            raise PanicError
        return _end(call, activity.find(call, call.user, tracker_id=tracker_id), "Not found")

    def ticket_subscribe(self, call: Call, tracker_id: int, ticket_id: int) -> Subscription:
        """Subscribe to a ticket."""
        ticket = _ticket(call, tracker_id, ticket_id)
        return activity.subscribe(call, caller(call), ticket_id=ticket.row_id)

    def ticket_unsubscribe(self, call: Call, tracker_id: int, ticket_id: int) -> Subscription:
        """End a subscription to a ticket."""
        ticket = _ticket(call, tracker_id, ticket_id, "Ticket not found")
        found = activity.find(call, call.user, ticket_id=ticket.row_id)
        return _end(call, found, "Subscription not found")


def _ticket(call: Call, tracker_id: int, number: int, modern: str = "Not found") -> Ticket:
    ticket = loaders.ticket_numbered(call, tracker_id, number)
    if ticket is None:
        raise not_found(call, "No such ticket", modern)
    return ticket


def _end(call: Call, subscription: Subscription | None, modern: str) -> Subscription:
    if subscription is None:
        raise not_found(call, "No such subscription", modern)
    call.store.subscriptions.remove(subscription)
    return subscription
