"""Users, as every service shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from shim.sandbox.data.columns import Rows, columns, moment
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

    def __init__(self, users: Iterable[U], next_id: int | None = None) -> None:
        super().__init__(users, next_id)
        self._names = {user.username: user for user in self}

    def named(self, name: str | None) -> U | None:
        """The user of that name, without tilde and case-sensitive."""
        return self._names.get(name or "")

    def remove(self, *rows: U) -> None:
        """Delete users, names and all."""
        super().remove(*rows)
        self._names = {user.username: user for user in self}

    def referred(self, value: Any) -> U | None:
        """The user whom a data set refers to by id or by name."""
        return self.get(value) if isinstance(value, int) else self.named(value)


def described(user: type[User]) -> Rows:
    """The users of a data set as rows of a class; some do not tell how old an account is."""
    texts = ("id", "username", "email", "url", "location", "bio", "user_type", "suspension_notice")
    ages = dict.fromkeys(("created", "updated"), moment(default=times.EPOCH))
    return Rows("users", user, columns(*texts, **ages), kind=Users)
