"""The events of meta.sr.ht, and who hears of them (meta dossier, 6.2)."""

from __future__ import annotations

from copy import copy

from shim.sandbox.instance.call import Call
from shim.sandbox.services.meta.keys import PGPKey, SSHKey
from shim.sandbox.services.meta.kinds import PROFILE
from shim.sandbox.webhooks.events import Payload, announce


def profile_updated(call: Call) -> None:
    """Tell of the caller's profile."""
    announce(call, PROFILE, Payload("ProfileUpdateEvent", "PROFILE_UPDATE", profile=copy(call.user)), user=call.user)


def ssh_key_changed(call: Call, key: SSHKey, what: str) -> None:
    """Tell that a key was added or removed."""
    announce(call, PROFILE, Payload("SSHKeyEvent", f"SSH_KEY_{what.upper()}", key=key), user=call.user)


def pgp_key_changed(call: Call, key: PGPKey, what: str) -> None:
    """Tell that a key was added or removed."""
    announce(call, PROFILE, Payload("PGPKeyEvent", f"PGP_KEY_{what.upper()}", key=key), user=call.user)
