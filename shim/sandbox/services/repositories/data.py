"""The rows of both services' data sets, in the shape of either era, and the state made from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shim.sandbox.data.rid import format_rid
from shim.sandbox.data.table import HasId, Table
from shim.sandbox.engine import times
from shim.sandbox.instance.tokens import legacy_tokens
from shim.sandbox.instance.users import Users
from shim.sandbox.services import service
from shim.sandbox.services.repositories.events import USER
from shim.sandbox.services.repositories.rows import ACL, Redirect, Repository, User
from shim.sandbox.webhooks.subscriptions import load_deliveries, load_subscriptions

Row = dict[str, Any]
T = TypeVar("T", bound=HasId)
R = TypeVar("R", bound=Repository)
_REFERENCES = ("repository", "repo_id", "new_repo_id")


@dataclass
class Store(service.Store, Generic[R]):
    """The rows that both services have."""

    repositories: Table[R]
    acls: Table[ACL]
    redirects: Table[Redirect]


@dataclass(frozen=True)
class Dataset(service.Dataset):
    """The rows as read; services add the contents of the repositories."""

    rows: Row


class Opening(Generic[R]):
    """Makes one state from the rows of a data set, which refer to each other.

    `make` is the class of a repository; `contents` gives the columns of one that are the service's own.
    """

    def __init__(self, rows: Mapping[str, Any], make: type[R], contents: Callable[[Row], Mapping[str, Any]]) -> None:
        """Raises KeyError for rows that lack something, ValueError for those that refer to nothing."""
        self.rows = rows
        self.users = Users(map(User.load, rows["users"]))
        self._make, self._contents = make, contents
        self.repositories = self.table("repositories", self._repository)

    def tables(self) -> dict[str, Any]:
        """The members of a `Store`."""
        native = self.rows.get("native_webhooks", self.rows.get("user_webhooks", ()))
        sent = load_deliveries(self.rows.get("native_deliveries", ()))
        hooks = load_subscriptions(native, USER, self.users)
        return {
            "users": self.users,
            "legacy_tokens": legacy_tokens(self.rows.get("legacy_tokens"), self.users),
            "webhooks": {USER.name: Table(hooks, self._next("native_webhooks"))},
            "deliveries": {USER.name: Table(sent, self._next("native_deliveries"))},
            "repositories": self.repositories,
            "acls": self.table("acls", self._acl),
            "redirects": self.table("redirects", self._redirect),
        }

    def table(self, kind: str, load: Callable[[Row], T]) -> Table[T]:
        """The rows of a kind, made one by one."""
        return Table(map(load, self.rows[kind]), self._next(kind))

    def repository(self, row: Row) -> R:
        """The repository that a row hangs on. Raises ValueError for an unknown one."""
        found = self.repositories.get(next(row[name] for name in _REFERENCES if name in row))
        if found is None:
            raise ValueError(f"unknown repository in {row}")
        return found

    def _next(self, kind: str) -> int | None:
        return self.rows.get("next_ids", {}).get(kind)  # type: ignore[no-any-return]

    def _repository(self, row: Row) -> R:
        created = times.parse(row["created"])
        return self._make(
            id=row["id"],
            rid=format_rid(row.get("rid"), row["id"], created),
            owner=self.users.of(row, "owner"),
            name=row["name"],
            description=row["description"],
            visibility=row["visibility"],
            readme=row["readme"],
            created=created,
            updated=times.parse(row["updated"]),
            **self._contents(row),
        )

    def _acl(self, row: Row) -> ACL:
        user, created = self.users.of(row, "user"), times.parse(row["created"])
        return ACL(row["id"], self.repository(row), user, row["mode"], created)

    def _redirect(self, row: Row) -> Redirect:
        owner, created = self.users.of(row, "owner"), times.parse(row["created"])
        return Redirect(row["id"], owner, row["name"], self.repository(row), created)
