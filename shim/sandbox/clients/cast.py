"""Whom the clients play for: users of recorded data, with credentials that the recorded instance's keys make."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from shim.crypto import BearerToken, internal_authorization
from shim.sandbox.clients.scripts import Script
from shim.sandbox.instance import Instance
from shim.settings import ConfigError

_HOUR = 3600
_ASLEEP = ("suspended", "unconfirmed")


class NoCast(ValueError):
    """A folder that holds no users to play."""


class Cast:
    """Who plays: the users and keys of a fixtures root, in the order of the data."""

    def __init__(self, root: Path) -> None:
        """Read them. Raises NoCast."""
        try:
            self._instance = Instance(root)
            self.services = sorted(path.parent.parent.name for path in root.glob("*/data/dataset.json"))
            self._users = list(dict.fromkeys(name for service in self.services for name in _active(root, service)))
        except (ConfigError, OSError, ValueError, KeyError) as error:
            raise NoCast(f"{root}: {error}") from None
        if not self._users:
            raise NoCast(f"{root}: no data set of any service")

    def user(self, place: int = 0) -> str:
        """The name of a user by place, beginning anew behind the last."""
        return self._users[place % len(self._users)]

    def authorization(self, script: Script) -> Callable[[], str]:
        """What makes the header of a client."""
        user, instance = self.user(script.place), self._instance
        if script.scheme == "Internal":
            return lambda: f"Internal {internal_authorization(instance.network_key, user)}"
        key = base64.b64encode(secrets.token_bytes(32)).decode() if script.forged else instance.private_key
        token = BearerToken(int(time.time()) + _HOUR, "", "", user).mint(key)
        return lambda: f"{script.scheme} {token}"


def _active(root: Path, service: str) -> Iterator[str]:
    users = json.loads((root / service / "data" / "dataset.json").read_text("utf-8"))["users"]
    yield from (user["username"] for user in users if user.get("user_type") not in _ASLEEP)
