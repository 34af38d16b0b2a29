"""Users, and what every service tells of itself: the parts of the schemas that all services share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from shim.sandbox.data.table import Table
from shim.sandbox.engine import times
from shim.sandbox.engine.errors import sql_text
from shim.sandbox.instance.auth import legacy_token

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call

U = TypeVar("U", bound="User")
_USUAL = (
    ("all", "*", "2100-01-01T00:00:00Z"),
    ("second", "*", "2100-01-01T00:00:00Z"),
    ("read", "profile:read", "2100-01-01T00:00:00Z"),
    ("expired", "*", "2001-01-01T00:00:00Z"),
)


@dataclass
class User:
    """A user, as every service shows one (conventions 7.1); services add their own fields."""

    typename: ClassVar[str] = "User"
    id: int
    username: str
    email: str
    url: str | None
    location: str | None
    bio: str | None
    user_type: str
    suspension_notice: str | None
    created: datetime
    updated: datetime

    @classmethod
    def load(cls: type[U], row: dict[str, Any]) -> U:
        """A user from a row of a data set; some do not tell how old an account is."""
        return cls(
            row["id"],
            row["username"],
            row["email"],
            row["url"],
            row["location"],
            row["bio"],
            row["user_type"],
            row["suspension_notice"],
            *(times.parse(row[name]) if name in row else times.EPOCH for name in ("created", "updated")),
        )

    @property
    def canonical_name(self) -> str:
        """The name with its tilde."""
        return f"~{self.username}"

    @property
    def suspended(self) -> bool:
        """Whether the account is suspended, in the spelling of either era."""
        return self.user_type.lower() == "suspended"


class Users(Table[U], Generic[U]):
    """All users, also by name."""

    def __init__(self, users: Iterable[U]) -> None:
        super().__init__(users)
        self._names = {user.username: user for user in self}

    def named(self, name: str | None) -> U | None:
        """The user of that name, without tilde and case-sensitive."""
        return self._names.get(name or "")

    def of(self, row: dict[str, Any], role: str) -> U:
        """The user whom a row of a data set refers to as `<role>_id` or `role`, by id or by name.

        Raises ValueError for an unknown one.
        """
        given = row[f"{role}_id"] if f"{role}_id" in row else row[role]
        user = self.get(given) if isinstance(given, int) else self.named(given)
        if user is None:
            raise ValueError(f"unknown {role} in {row}")
        return user


@dataclass(frozen=True)
class LegacyToken:
    """A token of the old OAuth, as far as the GraphQL servers still take it (conventions 4.4)."""

    user: User
    scopes: str
    expires: datetime


def legacy_tokens(rows: Iterable[dict[str, Any]] | None, users: Users[Any]) -> dict[str, LegacyToken]:
    """The legacy tokens of a data set by their texts; without a list, every user has the usual ones."""
    tokens = {}
    for row in _usual_tokens(users) if rows is None else rows:
        user = users.of(row, "user")
        symbol = row.get("symbol") or _symbol(user, row["kind"])
        tokens[legacy_token(symbol)] = LegacyToken(user, row["scopes"], times.parse(row["expires"]))
    return tokens


def _usual_tokens(users: Users[Any]) -> Iterator[dict[str, Any]]:
    """The tokens that recordings speak of without a list of them (fixtures' README)."""
    for user in users:
        for kind, scopes, expires in _USUAL:
            yield {"user": user.username, "kind": kind, "scopes": scopes, "expires": expires}


def _symbol(user: User, kind: str) -> str:
    return user.username if kind == "all" else f"{user.username}/{kind}"


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
