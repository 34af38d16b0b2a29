"""Subscriptions to mailing lists."""

from __future__ import annotations

from shim.sandbox.engine import times
from shim.sandbox.engine.errors import sql_integer
from shim.sandbox.instance.call import Call
from shim.sandbox.services.lists.mailinglist import MailingListSubscription, subscribed


class SubscriptionMutations:
    """Subscribing and the reverse."""

    def mailing_list_subscribe(self, call: Call, list_id: int) -> MailingListSubscription | None:
        """Subscribe, to a hidden list too if everybody may browse it; costs an id also where nothing comes of it."""
        found, table = call.store.lists.get(list_id), call.store.subscriptions
        row_id = table.take_id()
        if found is None or not found.rights(call, call.user).browse:
            return None
        known = subscribed(call, list_id)
        row = known or MailingListSubscription(row_id, times.now(), list_id, call.user)
        return table.changed(row)  # type: ignore[no-any-return]

    def mailing_list_unsubscribe(self, call: Call, list_id: int) -> MailingListSubscription | None:
        """End a subscription, whatever the list has become."""
        row = subscribed(call, sql_integer(list_id))
        if row:
            call.store.subscriptions.remove(row)
        return row
