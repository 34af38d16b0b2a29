"""The root fields that every service has."""

from __future__ import annotations

from typing import ClassVar

from shim.sandbox.engine.errors import sql_text
from shim.sandbox.instance.call import Call
from shim.sandbox.instance.users import User


class Version:
    """The version of a service's API; a service adds its features and settings."""

    typename: ClassVar[str] = "Version"
    major = minor = patch = 0
    build_version = build_date = "unknown"
    deprecation_date = None


class Viewer:
    """The root fields that every service has."""

    def me(self, call: Call) -> User:
        """The user who asks."""
        return call.user  # type: ignore[no-any-return]

    def user(self, call: Call, username: str) -> User | None:
        """A user by name, without tilde."""
        return call.store.users.named(sql_text(username))  # type: ignore[no-any-return]
