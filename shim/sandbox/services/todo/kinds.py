"""The kinds of todo.sr.ht's webhooks (todo dossier, 6.2)."""

from __future__ import annotations

from shim.sandbox.webhooks.subscriptions import Kind

_SCOPES = {"TRACKER": "TRACKERS", "LABEL": "TRACKERS", "TICKET": "TICKETS", "EVENT": "EVENTS"}


def _kind(name: str, events: str, parent: str | None = None) -> Kind:
    scopes = {event: _SCOPES[event.partition("_")[0]] for event in events.split()}
    return Kind(name, f"{name.capitalize()}WebhookSubscription", scopes, coded=True, parent=parent)


_LABELS = "LABEL_CREATED LABEL_UPDATE LABEL_DELETED"
_TICKETS = "TICKET_UPDATE TICKET_DELETED EVENT_CREATED"
USER = _kind("user", "TRACKER_CREATED TRACKER_UPDATE TRACKER_DELETED TICKET_CREATED")
TRACKER = _kind("tracker", f"TRACKER_UPDATE TRACKER_DELETED {_LABELS} TICKET_CREATED {_TICKETS}", "tracker_id")
TICKET = _kind("ticket", _TICKETS, "ticket_id")
