"""OAuth 2.0 grants that correspond to the scopes of a legacy token.

Reading needs no particular scope: the legacy check lets any valid token pass (conventions 3.4). Writing needs
the exact scope, which becomes the GraphQL scopes that its routes use (grants lines of the contracts).
"""

from __future__ import annotations

SCOPES = {
    "builds": ("JOBS", "LOGS", "PROFILE", "SECRETS"),
    "git": ("ACLS", "OBJECTS", "PROFILE", "REPOSITORIES"),
    "hg": ("ACLS", "PROFILE", "REPOSITORIES", "REVISIONS"),
    "lists": ("ACLS", "EMAILS", "LISTS", "PATCHES", "PROFILE", "SUBSCRIPTIONS"),
    "meta": ("AUDIT_LOG", "BILLING", "PGP_KEYS", "PROFILE", "SSH_KEYS"),
    "paste": ("PASTES", "PROFILE"),
    "todo": ("ACLS", "EVENTS", "PROFILE", "SUBSCRIPTIONS", "TICKETS", "TRACKERS"),
}
_WRITES: dict[str, dict[str, tuple[str, ...]]] = {
    "builds": {"jobs": ("JOBS",)},
    "git": {"info": ("REPOSITORIES",), "data": ("OBJECTS",)},
    "hg": {"info": ("REPOSITORIES",), "data": ("REVISIONS",)},
    "lists": {"lists": ("LISTS",), "patches": ("PATCHES",), "subs": ("SUBSCRIPTIONS",)},
    "meta": {"profile": ("PROFILE",), "keys": ("PGP_KEYS", "SSH_KEYS")},
    "paste": {"pastes": ("PASTES",)},
    "todo": {"tickets": ("TICKETS",), "trackers": ("TRACKERS",)},
}


def grants(service: str, scopes: str, client_id: str = "") -> str:
    """The grants text for a legacy scope list such as `info:write,data:read`; empty means everything.

    `client_id` is the service's legacy OAuth client id: scopes with another prefix belong to other services.
    """
    if scopes == "*":
        return ""
    wanted = _WRITES.get(service, {})
    written = {
        scope
        for name, access in (_scope(text, client_id) for text in scopes.split(","))
        if access == "write"
        for scope in wanted.get(name, ())
    }
    kinds = ((scope, "RW" if scope in written else "RO") for scope in SCOPES.get(service, ()))
    return " ".join(f"{service}.sr.ht/{scope}:{kind}" for scope, kind in kinds)


def _scope(text: str, client_id: str) -> tuple[str, str]:
    """Name and access of one legacy scope, `[client_id/]name[:access]`; of another service's, nothing."""
    prefix, _, rest = text.strip().rpartition("/")
    name, _, access = rest.partition(":")
    return (name, access or "read") if prefix in ("", client_id) else ("", "")
