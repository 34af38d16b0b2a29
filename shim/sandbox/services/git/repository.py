"""Repositories of git.sr.ht and what hangs on them, as rows and as GraphQL shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar

from shim.sandbox.data.table import Table
from shim.sandbox.engine.cursor import Cursor, Page, page, page_by_name
from shim.sandbox.engine.errors import FieldError, PanicError
from shim.sandbox.instance.call import Call
from shim.sandbox.instance.conditions import Storage
from shim.sandbox.services.git.bare import HEAD, Bare
from shim.sandbox.services.git.decode import TagData
from shim.sandbox.services.git.history import history
from shim.sandbox.services.git.nodes import GitObject, TreeEntry, node
from shim.sandbox.services.git.opened import opening
from shim.sandbox.services.git.revision import NOT_FOUND, resolve
from shim.sandbox.services.repositories import rows as common

_HEX = "0123456789abcdef"


@dataclass(eq=False, kw_only=True)
class Repository(common.Repository):
    """A repository and its bare contents."""

    bare: Bare = field(repr=False)

    def objects(self, call: Call, ids: list[str] | None = None) -> list[GitObject]:
        """Objects by id."""
        opening(call, self, "objects")
        return [node(call, self, _padded(oid)) for oid in ids or ()]

    def object(self, call: Call, id_: str) -> GitObject:
        """An object by id; what is no id is read as go-git does, padded with zeros."""
        opening(call, self, "object")
        return node(call, self, _padded(id_))

    def references(self, call: Call, cursor: Cursor | None = None) -> Page[Reference]:
        """HEAD and the references by name."""
        opening(call, self, "references")
        rows = [Reference(self, name, target) for name, target in self.bare.names()]
        return page_by_name(rows, cursor, lambda row: row.name.encode("utf-8", "surrogateescape"))

    def reference(self, call: Call, name: str) -> Reference | None:
        """A reference by its full name, or what HEAD stands for."""
        opening(call, self, "reference")
        return self._reference(name)

    def _reference(self, name: str) -> Reference | None:
        target = self.bare.target(name)
        return Reference(self, self.bare.head if name == HEAD else name, target) if target else None

    def head(self, call: Call) -> Reference | None:
        """The default branch; None if it does not exist."""
        opening(call, self, HEAD)
        return self._reference(HEAD)

    def log(self, call: Call, cursor: Cursor | None = None, from_: str | None = None) -> Page[GitObject]:
        """The history from a revision on, HEAD by default; the cursor holds any revision."""
        opening(call, self, "log")
        cursor = cursor or Cursor(next=from_ or HEAD)
        start = self._resolve(call, cursor.next or HEAD)
        ids = [oid for oid, _ in islice(history(self.bare, start), cursor.count + 1)]
        more = cursor.at(ids[cursor.count]) if len(ids) > cursor.count else None
        return Page([node(call, self, oid) for oid in ids[: cursor.count]], more)

    def path(self, call: Call, path: str, revspec: str | None = None) -> TreeEntry | None:
        """The tree entry at a path."""
        opening(call, self, "path")
        commit: Any = node(call, self, self._resolve(call, revspec or HEAD))
        entry: TreeEntry | None = commit.tree(call).entry(call, path)
        return entry

    def revparse_single(self, call: Call, revspec: str) -> GitObject:
        """The commit that a revision names."""
        opening(call, self, "revparse_single")
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
        opening(call, self.repository, "follow")
        target = self.repository.bare.target(self.name)
        try:
            return node(call, self.repository, target or "")
        except FieldError as error:
            raise PanicError from error

    def artifacts(self, call: Call, cursor: Cursor | None = None) -> Page[Artifact]:
        """Files attached to an annotated tag; other references have none and give the cursor back."""
        opening(call, self.repository, "artifacts")
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
class Artifact:
    """A file attached to a tag."""

    typename: ClassVar[str] = "Artifact"
    id: int
    repository: Repository
    user: common.User
    commit: str
    filename: str
    checksum: str
    size: int
    created: datetime

    def url(self, call: Call) -> str:
        """Where it is to be had; in 2024 this leaves out the middle of the path (git dossier, 4.7)."""
        if call.modern:
            return f"{call.origin}/query/artifact/{self.checksum}/{self.filename}"
        return storage(call).url(self.filename)


def storage(call: Call) -> Storage:
    """The object storage. Raises FieldError when it is off."""
    if call.conditions.storage is None:
        raise FieldError("object storage is not enabled for this server")
    return call.conditions.storage
