"""The webhooks of paste.sr.ht: a user's, of the user's own pastes (paste dossier, 6)."""

from __future__ import annotations

from shim.sandbox.instance.call import Call
from shim.sandbox.services.paste.rows import Paste
from shim.sandbox.webhooks.events import Payload, announce
from shim.sandbox.webhooks.subscriptions import Kind

USER = Kind(
    "user",
    "UserWebhookSubscription",
    dict.fromkeys(("PASTE_CREATED", "PASTE_UPDATED", "PASTE_DELETED"), "PASTES"),
)


def paste_changed(call: Call, event: str, paste: Paste) -> None:
    """Tell of a paste its owner, while all of it is still there."""
    announce(call, USER, Payload("PasteEvent", event, paste=paste), user=call.user)
