"""Root fields of todo.sr.ht's queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shim.sandbox.engine.cursor import Cursor, Page, page
from shim.sandbox.engine.errors import PanicError
from shim.sandbox.instance.viewer import Version, Viewer
from shim.sandbox.services.todo import activity, hooks, loaders
from shim.sandbox.services.todo.participants import User
from shim.sandbox.webhooks.fields import WebhookQueries
from shim.sandbox.webhooks.subscriptions import Subscription

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call
    from shim.sandbox.services.todo.event import Event
    from shim.sandbox.services.todo.tracker import Tracker


class Query(Viewer, WebhookQueries):
    """The root of queries."""

    user_kind = hooks.USER
    version = Version()

    def user(self, call: Call, username: str) -> User | None:
        """A user by name, without tilde."""
        return call.store.users.named(loaders.text(username))  # type: ignore[no-any-return]

    def preferences(self, call: Call) -> User:
        """The caller's preferences."""
        return call.user  # type: ignore[no-any-return]

    def tracker(self, call: Call, rid: str) -> Tracker | None:
        """A tracker by its resource id."""
        row: Tracker | None = call.store.trackers.first(lambda row: row.rid == rid)
        return loaders.tracker(call, row.id) if row else None

    def trackers(self, call: Call, cursor: Cursor | None = None) -> Page[Tracker]:
        """The caller's own trackers."""
        return call.user.trackers(call, cursor)  # type: ignore[no-any-return]

    def events(self, call: Call, cursor: Cursor | None = None) -> Page[Event]:
        """Events of the participant whose id happens to be that of the caller: the real server takes the one
        for the other, and panics over events without a ticket (todo dossier, Q32)."""
        known = any(row.entity is call.user for row in call.store.participants)
        rows = call.store.events.where(lambda row: known and row.participant_id == call.user.id)
        found: Page[Event] = page(reversed(rows), cursor, lambda row: row.id)
        if any(row.ticket_id is None for row in found.results):
            raise PanicError
        return found

    def subscriptions(self, call: Call, cursor: Cursor | None = None) -> Page[activity.Subscription]:
        """The caller's mail subscriptions, the newest first."""
        rows = call.store.subscriptions.where(lambda row: row.participant.entity is call.user)
        return page(reversed(rows), cursor, lambda row: row.id)

    def user_webhook(self, call: Call, id_: int) -> Subscription:
        """One of the caller's subscriptions; an unknown one is an error here."""
        return hooks.found(call, hooks.USER, id_)
