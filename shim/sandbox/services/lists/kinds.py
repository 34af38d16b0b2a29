"""The kinds of lists.sr.ht's webhooks (lists dossier, 6.3)."""

from __future__ import annotations

from typing import Any

from shim.sandbox.instance.call import Call
from shim.sandbox.webhooks.events import sample
from shim.sandbox.webhooks.subscriptions import Kind

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
LIST = Kind("list", "MailingListWebhookSubscription", _EVENTS, parent="list_id", title="mailing list", sample=_sample)
