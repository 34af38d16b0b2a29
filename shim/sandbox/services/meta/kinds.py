"""The kind of meta.sr.ht's webhooks (meta dossier, 6.2)."""

from __future__ import annotations

from shim.sandbox.webhooks.subscriptions import Kind

EVENTS = {
    "PROFILE_UPDATE": "PROFILE",
    "PGP_KEY_ADDED": "PGP_KEYS",
    "PGP_KEY_REMOVED": "PGP_KEYS",
    "SSH_KEY_ADDED": "SSH_KEYS",
    "SSH_KEY_REMOVED": "SSH_KEYS",
}
PROFILE = Kind("profile", "ProfileWebhookSubscription", EVENTS, stopped=True)
