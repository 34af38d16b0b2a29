"""Users, as every service shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from shim.sandbox.data.table import Table
from shim.sandbox.engine import times

U = TypeVar("U", bound="User")


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
