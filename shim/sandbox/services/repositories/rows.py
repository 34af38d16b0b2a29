"""Repositories, their owners, access lists and old names, as rows and as GraphQL shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from shim.sandbox.data.table import Table
from shim.sandbox.engine import times
from shim.sandbox.engine.cursor import Cursor, Page, page
from shim.sandbox.engine.errors import FieldError, sql_text
from shim.sandbox.instance import users
from shim.sandbox.instance.call import Call


class User(users.User):
    """A user with repositories."""

    def repository(self, call: Call, name: str) -> Repository | None:
        """The repository of that name, if the caller may read it; in 2026 an old name is a redirect."""
        sql_text(name)
        found: Repository | None = call.store.repositories.first(
            lambda row: row.owner is self and row.name == name and row.readable(call)
        )
        if found is None and call.modern:
            self._redirect(call, name)
        return found

    def _redirect(self, call: Call, name: str) -> None:
        for redirect in call.store.redirects:
            if redirect.owner is self and redirect.name == name:
                place = [redirect.repository.owner.canonical_name, redirect.repository.name]
                raise FieldError("Redirect", code="ERR_REDIRECT", redirect=place)

    def repositories(self, call: Call, cursor: Cursor | None = None, filter_: Any = None) -> Page[Repository]:
        """The user's repositories that the caller finds listed, last updated first."""
        rows = call.store.repositories.where(lambda row: row.owner is self and row.listed(call))
        rows.sort(key=lambda row: row.updated, reverse=True)
        return page(rows, cursor or Cursor.start(filter_), lambda row: times.microseconds(row.updated), times=True)


@dataclass(eq=False, kw_only=True)
class Repository:
    """A repository; the services add its contents."""

    typename: ClassVar[str] = "Repository"
    id: int
    owner: User
    name: str
    description: str | None
    visibility: str
    readme: str | None
    created: datetime
    updated: datetime

    def entry(self, call: Call) -> ACL | None:
        """The caller's entry in the access list."""
        acls: Table[ACL] = call.store.acls
        return acls.first(lambda row: row.repository is self and row.entity is call.user)

    def readable(self, call: Call) -> bool:
        """Whether the caller may read it."""
        return self.owner is call.user or self.visibility != "PRIVATE" or self.entry(call) is not None

    def listed(self, call: Call) -> bool:
        """Whether the caller finds it in its owner's list."""
        return self.owner is call.user or self.visibility == "PUBLIC" or self.entry(call) is not None


@dataclass
class ACL:
    """An entry of an access list."""

    id: int
    repository: Repository
    entity: User


@dataclass
class Redirect:
    """An old name of a repository."""

    id: int
    owner: User
    name: str
    repository: Repository
