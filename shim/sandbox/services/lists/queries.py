"""Root fields of lists.sr.ht's queries."""

from __future__ import annotations

from shim.sandbox.engine.cursor import Cursor, Page
from shim.sandbox.instance.call import Call
from shim.sandbox.instance.viewer import Version, Viewer
from shim.sandbox.services.lists import kinds, loaders
from shim.sandbox.services.lists.mailinglist import MailingListSubscription
from shim.sandbox.services.lists.paging import page_by_time
from shim.sandbox.services.lists.people import User
from shim.sandbox.webhooks.fields import WebhookQueries, found
from shim.sandbox.webhooks.subscriptions import Subscription


class Query(Viewer, WebhookQueries):
    """The root of queries."""

    user_kind = kinds.USER
    version = Version()

    def user(self, call: Call, username: str) -> User | None:
        """A user by name, without tilde."""
        return call.store.users.named(loaders.text(username))  # type: ignore[no-any-return]

    def email(self, call: Call, id_: int) -> object:
        """A mail by id."""
        return loaders.email(call, id_)

    def message(self, call: Call, message_id: str) -> object:
        """A mail by Message-ID (2024)."""
        return loaders.message(call, message_id)

    def patchset(self, call: Call, id_: int) -> object:
        """A patchset by id."""
        return loaders.patchset(call, id_)

    def subscriptions(self, call: Call, cursor: Cursor | None = None) -> Page[MailingListSubscription]:
        """The caller's subscriptions, in no order."""
        rows = call.store.subscriptions.where(lambda row: row.user is call.user)
        return page_by_time(rows, cursor, lambda row: row.created)

    def user_webhook(self, call: Call, id_: int) -> Subscription:
        """One of the caller's webhooks; an unknown one is an error here."""
        return found(call, kinds.USER, id_)
