"""The kind of meta.sr.ht's webhooks (meta dossier, 6.2)."""

from __future__ import annotations

from importlib import resources
from typing import Any
from uuid import UUID

from shim.sandbox.engine import times
from shim.sandbox.instance.call import Call
from shim.sandbox.services.meta.keys import PGPKey, SSHKey
from shim.sandbox.webhooks.events import sample
from shim.sandbox.webhooks.subscriptions import Kind

_SSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILrSCnjCMOrM/iHrHgsjOHS/Y/7ewwYuDykTvAuELJzJ sample@key"
_NONE = UUID(int=0)
_EVENTS = {
    "PROFILE_UPDATE": "PROFILE",
    "PGP_KEY_ADDED": "PGP_KEYS",
    "PGP_KEY_REMOVED": "PGP_KEYS",
    "SSH_KEY_ADDED": "SSH_KEYS",
    "SSH_KEY_REMOVED": "SSH_KEYS",
}


def _sample(call: Call, subscription: Any, event: str) -> str:
    """A sample tells of the caller's own profile, or of a key that there is not."""
    if event == "PROFILE_UPDATE":
        return sample(call, subscription, "ProfileUpdateEvent", event, profile=call.user)
    if event.startswith("SSH"):
        key = SSHKey(-1, call.user, times.now(), None, _SSH, None, "", _NONE, fresh=True)
        return sample(call, subscription, "SSHKeyEvent", event, key=key)
    text = resources.files(__package__).joinpath("sample.asc").read_text("ascii").rstrip("\n")
    return sample(call, subscription, "PGPKeyEvent", event, key=PGPKey(-1, call.user, times.now(), text))


PROFILE = Kind("profile", "ProfileWebhookSubscription", _EVENTS, sample=_sample, stopped=True)
