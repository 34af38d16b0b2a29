"""The hub of August 2024 as its webhooks see it (clients H1): what it wants to be told of, and what it reads."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.clients.kit import Hook

Read = Mapping[str, Any]
Payload = Any


class Level(NamedTuple):
    """Where it subscribes, by which path of its own it is told, and of which events, in this order."""

    service: str
    path: str
    place: str
    events: tuple[str, ...]


class Library:
    """How the library of SourceHut's servers takes what is signed: with the instance's key, no nonce twice."""

    def __init__(self, public_key: str) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
        self._nonces: set[str] = set()

    def payload(self, hook: Hook) -> Payload:
        """The JSON of a hook. Raises InvalidSignature, KeyError and ValueError."""
        nonce, signature = hook.headers["X-Payload-Nonce"], hook.headers["X-Payload-Signature"]
        if nonce in self._nonces:
            raise ValueError("a nonce was used before")
        self._nonces.add(nonce)
        self._key.verify(base64.b64decode(signature), hook.body + nonce.encode())
        return json.loads(hook.body)


class Hub:
    """Its receivers; `told` is what it has read of each hook, by its path and event."""

    def __init__(self, public_key: str) -> None:
        self._library = Library(public_key)
        self.told: list[tuple[str, str, Read]] = []

    def hear(self, hook: Hook) -> int:
        """Take a hook: the status of its answer. Raises for one that it can't read, which is a 500."""
        payload = self._library.payload(hook)
        _, _, place, *_ = hook.path.split("/")
        self.told.append((place, hook.event, READS[place][hook.event](payload)))
        return 200


def _repository(payload: Payload) -> Read:
    return {key: payload[key] for key in ("id", "name", "description")} | {"visibility": payload["visibility"].upper()}


def _gone(payload: Payload) -> Read:
    return {"id": payload["id"]}


def _push(payload: Payload) -> Read:
    """It tells of the first reference, and may have none but that; either side may be null."""
    first = payload["refs"][0]
    return {
        "pusher": (payload["pusher"]["canonical_name"], payload["pusher"]["name"]),
        "message": first["new"]["message"] if first["new"] else None,
        "ids": [(ref["old"] and ref["old"]["id"], ref["new"] and ref["new"]["id"]) for ref in payload["refs"]],
    }


def _tracker(payload: Payload) -> Read:
    read = {key: payload[key] for key in ("id", "name", "description")}
    return {**read, "public": any(right for right in payload["default_access"])}


def _ticket(payload: Payload) -> Read:
    return {"by": _submitter(payload["submitter"]), "id": payload["id"], "title": payload["title"]}


def _event(payload: Payload) -> Read:
    ticket = payload["ticket"]
    by = _submitter(payload["user"])
    return {"by": by, "comment": "comment" in payload["event_type"], "id": ticket["id"], "title": ticket["title"]}


def _submitter(submitter: Payload) -> Read:
    """Who did it; whatever the kind, the canonical name is read again at the end."""
    match submitter["type"]:
        case "user":
            who = (submitter["name"], submitter["canonical_name"])
        case "email":
            who = (submitter["name"], submitter["address"])
        case "external":
            who = (submitter["external_id"],)
        case other:
            raise ValueError(f"a submitter that is a {other}")
    return {"who": who, "name": submitter["canonical_name"]}


_REPOSITORIES: Mapping[str, Callable[[Payload], Read]] = {"repo:update": _repository, "repo:delete": _gone}
READS: Mapping[str, Mapping[str, Callable[[Payload], Read]]] = {
    "git-user": _REPOSITORIES,
    "git-repo": {"repo:post-update": _push},
    "hg-user": _REPOSITORIES,
    "todo-user": {"tracker:update": _tracker, "tracker:delete": _gone},
    "todo-tracker": {"ticket:create": _ticket},
    "todo-ticket": {"event:create": _event},
}
"""By the hub's path; other paths and events make it fail."""
TRACKER = "/api/user/~jdoe/trackers/widgets"
LEVELS = {
    place.split("/")[0]: Level(service, f"{path}/webhooks", place, tuple(READS[place.split("/")[0]]))
    for service, path, place in (
        ("git", "/api/user", "git-user/1"),
        ("git", "/api/~jdoe/repos/weather", "git-repo/1"),
        ("hg", "/api/user", "hg-user/1"),
        ("todo", "/api/user", "todo-user/1"),
        ("todo", TRACKER, "todo-tracker/1"),
        ("todo", f"{TRACKER}/tickets/2", "todo-ticket/1/ticket"),
    )
}
