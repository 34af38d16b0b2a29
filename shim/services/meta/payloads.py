"""The webhooks of meta.sr.ht: what was sent of profiles and keys (meta 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shim.services.events import Event, Kind, Native, go, removed
from shim.services.meta import keytext

Row = Mapping[str, Any]
_PROFILE = ("canonical_name", "name", "email", "url", "location", "bio")


def profile(native: Native) -> dict[str, Any]:
    """A changed profile, without what GraphQL does not tell of it (meta 6.2)."""
    told = native.whole()["profile"]
    return {**{key: told[key] for key in _PROFILE}, "use_pgp_key": None}


def ssh_key(native: Native) -> dict[str, Any]:
    """A new SSH key, as its owner sent it."""
    told = native.whole()["sshKey"]
    return {
        "id": told["id"],
        "authorized": told["authorized"],
        "comment": told["comment"],
        "fingerprint": keytext.fingerprint(told["key"]),
        "key": keytext.line(told["key"], told["comment"]),
        "last_used": told["last_used"],
        "owner": _owner(native),
    }


def pgp_key(native: Native) -> dict[str, Any]:
    """A new PGP key; its fingerprint is that of the subkey that others encrypt for."""
    told = native.whole()["pgpKey"]
    members = ("id", "key", "fingerprint")
    rest = {"email": "", "authorized": told["authorized"], "owner": _owner(native)}
    return {**{key: told[key] for key in members}, **rest}


def _owner(native: Native) -> dict[str, str]:
    """Who subscribed: there are no others whose keys anybody is told of."""
    return {"canonical_name": f"~{native.user}", "name": native.user}


_PROFILES, _SSH, _PGP = ("PROFILE:RO",), ("SSH_KEYS:RO",), ("PGP_KEYS:RO",)
user_events = Kind(
    "user",
    "/api/user",
    "UserEvents",
    (
        Event("profile:update", "PROFILE_UPDATE", "profile:read", _PROFILES, (go(profile),)),
        Event("ssh-key:add", "SSH_KEY_ADDED", "keys:read", _SSH, (go(ssh_key),)),
        Event("ssh-key:remove", "SSH_KEY_REMOVED", "keys:read", _SSH, (go(removed("sshKey")),)),
        Event("pgp-key:add", "PGP_KEY_ADDED", "keys:read", _PGP, (go(pgp_key),)),
        Event("pgp-key:remove", "PGP_KEY_REMOVED", "keys:read", _PGP, (go(removed("pgpKey")),)),
    ),
    nullable=frozenset({"url", "location", "bio", "last_used", "comment"}),
)
