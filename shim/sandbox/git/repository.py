"""Repositories, their owners and what hangs on them, as rows and as GraphQL shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

from shim.sandbox import times, users
from shim.sandbox.conditions import Storage
from shim.sandbox.cursor import Cursor, Page, page, page_by_name
from shim.sandbox.errors import FieldError, PanicError, sql_text
from shim.sandbox.git.bare import HEAD, Bare
from shim.sandbox.git.decode import TagData
from shim.sandbox.git.history import history
from shim.sandbox.git.nodes import GitObject, TreeEntry, node
from shim.sandbox.git.revision import NOT_FOUND, resolve
from shim.sandbox.table import Table

if TYPE_CHECKING:
    from shim.sandbox.call import Call

_HEX = "0123456789abcdef"


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
        return page(rows, cursor or Cursor.start(filter_), lambda row: times.microseconds(row.updated))


@dataclass(eq=False)
class Repository:
    """A repository and its bare contents."""

    typename: ClassVar[str] = "Repository"
    id: int
    rid: str
    owner: User
    name: str
    description: str | None
    visibility: str
    readme: str | None
    created: datetime
    updated: datetime
    bare: Bare = field(repr=False)

    def _entry(self, call: Call) -> ACL | None:
        """The caller's entry in the access list."""
        acls: Table[ACL] = call.store.acls
        return acls.first(lambda row: row.repository is self and row.entity is call.user)

    def readable(self, call: Call) -> bool:
        """Whether the caller may read it."""
        return self.owner is call.user or self.visibility != "PRIVATE" or self._entry(call) is not None

    def listed(self, call: Call) -> bool:
        """Whether the caller finds it in its owner's list."""
        return self.owner is call.user or self.visibility == "PUBLIC" or self._entry(call) is not None

    def access(self, call: Call) -> str:
        """RW or RO."""
        if self.owner is call.user:
            return "RW"
        entry = self._entry(call)
        return entry.mode if entry else "RO"

    def acls(self, call: Call, cursor: Cursor | None = None) -> Page[ACL]:
        """The access list, for the owner only."""
        if self.owner is not call.user:
            raise FieldError("Access denied", **call.code("ERR_ACCESS_DENIED"))
        rows = call.store.acls.where(lambda row: row.repository is self)
        return page(reversed(rows), cursor, lambda row: row.id)

    def objects(self, call: Call, ids: list[str] | None = None) -> list[GitObject]:
        """Objects by id."""
        return [self.object(call, oid) for oid in ids or ()]

    def object(self, call: Call, id_: str) -> GitObject:
        """An object by id; what is no id is read as go-git does, padded with zeros."""
        return node(call, self, _padded(id_))

    def references(self, call: Call, cursor: Cursor | None = None) -> Page[Reference]:
        """HEAD and the references by name."""
        rows = [Reference(self, name, target) for name, target in self.bare.names()]
        return page_by_name(rows, cursor, lambda row: row.name.encode("utf-8", "surrogateescape"))

    def reference(self, call: Call, name: str) -> Reference | None:
        """A reference by its full name, or what HEAD stands for."""
        target = self.bare.target(name)
        return Reference(self, self.bare.head if name == HEAD else name, target) if target else None

    def head(self, call: Call) -> Reference | None:
        """The default branch; None if it does not exist."""
        return self.reference(call, HEAD)

    def log(self, call: Call, cursor: Cursor | None = None, from_: str | None = None) -> Page[GitObject]:
        """The history from a revision on, HEAD by default; the cursor holds any revision."""
        cursor = cursor or Cursor(next=from_ or HEAD)
        start = self._resolve(call, cursor.next or HEAD)
        ids = [oid for oid, _ in islice(history(self.bare, start), cursor.count + 1)]
        more = cursor.at(ids[cursor.count]) if len(ids) > cursor.count else None
        return Page([node(call, self, oid) for oid in ids[: cursor.count]], more)

    def path(self, call: Call, path: str, revspec: str | None = None) -> TreeEntry | None:
        """The tree entry at a path; 2026 does not show submodules."""
        commit: Any = self.revparse_single(call, revspec or HEAD)
        entry: TreeEntry | None = commit.tree(call).entry(call, path)
        return None if entry and entry.is_submodule and call.modern else entry

    def revparse_single(self, call: Call, revspec: str) -> GitObject:
        """The commit that a revision names."""
        return node(call, self, self._resolve(call, revspec))

    def _resolve(self, call: Call, revspec: str) -> str:
        """Packed objects are found by a part of their id once the request has read any (git dossier, F6)."""
        return resolve(self.bare, revspec, packs_open=self in call.touched)


def _padded(text: str) -> str:
    """What go-git makes of a text that should be an object id: whole bytes of hex, then zeros."""
    digits = text.lower()
    length = next((i for i, c in enumerate(digits) if c not in _HEX), len(digits))
    return digits[: min(length, 40) & ~1].ljust(40, "0")


@dataclass(frozen=True)
class Reference:
    """A reference; `target` is an object id, for HEAD the name of a branch."""

    typename: ClassVar[str] = "Reference"
    repository: Repository
    name: str
    target: str

    def follow(self, call: Call) -> GitObject:
        """The object; what cannot be shown is a panic."""
        target = self.repository.bare.target(self.name)
        try:
            return node(call, self.repository, target or "")
        except FieldError as error:
            raise PanicError from error

    def artifacts(self, call: Call, cursor: Cursor | None = None) -> Page[Artifact]:
        """Files attached to an annotated tag; other references have none and give the cursor back."""
        bare = self.repository.bare
        target = bare.target(self.name)
        if target is None:
            raise FieldError(NOT_FOUND)
        tag = bare.objects.of_type(target, "tag")
        if tag is None:
            return Page([], cursor or Cursor())
        commit = TagData.decode(tag.data).target
        artifacts: Table[Artifact] = call.store.artifacts
        rows = artifacts.where(lambda row: row.repository is self.repository and row.commit == commit)
        return page(reversed(rows), cursor, lambda row: row.id)


@dataclass
class ACL:
    """An entry of an access list."""

    typename: ClassVar[str] = "ACL"
    id: int
    repository: Repository
    entity: User
    mode: str
    created: datetime


@dataclass
class Artifact:
    """A file attached to a tag; `content` is None where the data set does not hold it."""

    typename: ClassVar[str] = "Artifact"
    id: int
    repository: Repository
    user: User
    commit: str
    filename: str
    checksum: str
    size: int
    created: datetime
    content: bytes | None = field(default=None, repr=False)

    def url(self, call: Call) -> str:
        """Where it is to be had; in 2024 this leaves out the middle of the path (git dossier, 4.7)."""
        if call.modern:
            return f"{call.origin}/query/artifact/{self.checksum}/{self.filename}"
        return storage(call).url(self.filename)


@dataclass
class Redirect:
    """An old name of a repository."""

    id: int
    owner: User
    name: str
    repository: Repository
    created: datetime


def storage(call: Call) -> Storage:
    """The object storage. Raises FieldError when it is off."""
    if call.conditions.storage is None:
        raise FieldError("object storage is not enabled for this server")
    return call.conditions.storage
