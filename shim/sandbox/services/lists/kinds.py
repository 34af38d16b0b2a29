"""The kinds of lists.sr.ht's webhooks, and the looking up of subscriptions (lists dossier, 6.3)."""

from __future__ import annotations

from typing import Any

from shim.sandbox.instance.call import Call
from shim.sandbox.webhooks.events import sample
from shim.sandbox.webhooks.fields import visible
from shim.sandbox.webhooks.subscriptions import Kind, Subscription

_CREATED = {"LIST_CREATED": "LISTS"}
_EVENTS = {
    "LIST_UPDATED": "LISTS",
    "LIST_DELETED": "LISTS",
    "EMAIL_RECEIVED": "EMAILS",
    "PATCHSET_RECEIVED": "PATCHES",
}

_TYPES = {"EMAIL_RECEIVED": "EmailEvent", "PATCHSET_RECEIVED": "PatchsetEvent"}


def _sample(call: Call, subscription: Any, event: str) -> str:
    """A sample has the event's name, time and UUID, and nothing that it tells of."""
    return sample(call, subscription, _TYPES.get(event, "MailingListEvent"), event)


USER = Kind("user", "UserWebhookSubscription", _CREATED | _EVENTS, sample=_sample)
LIST = Kind("list", "MailingListWebhookSubscription", _EVENTS, parent="list_id", sample=_sample)
_NAMES = {"user": "user", "list": "mailing list"}


def found(call: Call, kind: Kind, row_id: int, parent: int | None = None) -> Subscription:
    """The subscription of that id, if it is the caller's and hangs on the row `parent`. Raises FieldError."""
    row = visible(call, kind, row_id)
    if row is None or parent not in (None, row.parent):
        raise call.failure(f"No {_NAMES[kind.name]} webhook by ID {row_id} found for this user")
    return row
