"""Git objects as GraphQL shows them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Protocol

from shim.sandbox.engine.cursor import Cursor, Page, page_by_name
from shim.sandbox.engine.errors import FieldError, PanicError
from shim.sandbox.instance.call import Call
from shim.sandbox.services.git.bare import Bare
from shim.sandbox.services.git.decode import CommitData, Person, TagData, as_text
from shim.sandbox.services.git.objects import Entry, RawObject, entries
from shim.sandbox.services.git.revision import peel

TEXT_LIMIT = 128 * 1024
BINARY_LIMIT = 32 * 1024
SNIFFED = 512


class Home(Protocol):
    """The repository that objects lie in."""

    id: int
    bare: Bare


@dataclass(frozen=True)
class GitObject:
    """What all objects share."""

    typename: ClassVar[str]
    repository: Home
    source: RawObject

    @property
    def type(self) -> str:
        """COMMIT, TREE, BLOB or TAG."""
        return self.source.type.upper()

    @property
    def id(self) -> str:
        """The object id."""
        return self.source.id

    @property
    def short_id(self) -> str:
        """The first seven digits."""
        return self.source.id[:7]


class Commit(GitObject):
    """A commit."""

    typename = "Commit"

    @cached_property
    def _data(self) -> CommitData:
        return CommitData.decode(self.source.data)

    @property
    def author(self) -> Person:
        """Who wrote it."""
        return self._data.author

    @property
    def committer(self) -> Person:
        """Who committed it."""
        return self._data.committer

    @property
    def message(self) -> str:
        """The message, raw."""
        return self._data.message

    def tree(self, call: Call) -> GitObject:
        """The root tree."""
        return node(call, self.repository, self._data.tree)

    def parents(self, call: Call) -> list[GitObject]:
        """The parents, in order."""
        return [node(call, self.repository, parent) for parent in self._data.parents]


class Tree(GitObject):
    """A directory."""

    typename = "Tree"

    def entries(self, call: Call, cursor: Cursor | None = None) -> Page[TreeEntry]:
        """The entries by plain name, not in git's order."""
        rows = sorted(entries(self.source.data), key=lambda entry: entry.name)
        found = page_by_name(rows, cursor, lambda entry: entry.name)
        return Page([TreeEntry(self.repository, entry) for entry in found.results], found.cursor)

    def entry(self, call: Call, path: str | None = None) -> TreeEntry | None:
        """The entry at a path; None if its last part is missing.

        A directory that is missing on the way is a PanicError before 2026.
        """
        *above, name = (path or "").encode("utf-8", "surrogateescape").split(b"/")
        tree = self.source
        for part in above:
            found = _find(tree, part)
            below = self.repository.bare.objects.of_type(found.id, "tree") if found else None
            if below is None:
                if call.modern:
                    return None
                raise PanicError
            tree = below
        found = _find(tree, name)
        return TreeEntry(self.repository, found) if found else None


def _find(tree: RawObject, name: bytes) -> Entry | None:
    return next((entry for entry in entries(tree.data) if entry.name == name), None)


@dataclass(frozen=True)
class TreeEntry:
    """An entry of a directory."""

    typename: ClassVar[str] = "TreeEntry"
    repository: Home
    entry: Entry

    @property
    def id(self) -> str:
        """The id of the object."""
        return self.entry.id

    @property
    def name(self) -> str:
        """The last part of the path."""
        return as_text(self.entry.name)

    @property
    def mode(self) -> int:
        """The mode as written in the tree."""
        return self.entry.mode

    def object(self, call: Call) -> GitObject:
        """The object; that of a submodule is never there, which 2026 says in words."""
        try:
            return node(call, self.repository, self.entry.id)
        except FieldError as error:
            if call.modern:
                raise
            raise PanicError from error


class Blob(GitObject):
    """A file's contents."""

    def content(self, call: Call) -> str:
        """Where the bytes are to be had (2026)."""
        return f"{call.origin}/query/blob/{self.repository.id}/{self.id}"

    @property
    def size(self) -> int:
        """The number of bytes."""
        return len(self.source.data)


class TextBlob(Blob):
    """A file that is UTF-8."""

    typename = "TextBlob"

    def text(self, call: Call) -> str:
        """The text; in 2026 its first 128 KiB, if the cut leaves it valid."""
        data = self.source.data[:TEXT_LIMIT] if call.modern else self.source.data
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise FieldError("blob is not valid UTF-8") from error


class BinaryBlob(Blob):
    """Any other file."""

    typename = "BinaryBlob"

    def base64(self, call: Call) -> str:
        """The bytes; in 2026 the first 32 KiB."""
        data = self.source.data[:BINARY_LIMIT] if call.modern else self.source.data
        return base64.b64encode(data).decode()


class Tag(GitObject):
    """An annotated tag (2026; before, its commit is shown in its place)."""

    typename = "Tag"

    @cached_property
    def _data(self) -> TagData:
        return TagData.decode(self.source.data)

    def target(self, call: Call) -> GitObject:
        """What is tagged."""
        return node(call, self.repository, self._data.target)

    @property
    def name(self) -> str:
        """The tag's name."""
        return self._data.name

    @property
    def tagger(self) -> Person:
        """Who made it."""
        return self._data.tagger

    @property
    def message(self) -> str:
        """The message with its final line feed, without a signature."""
        return self._data.message


def node(call: Call, repository: Home, oid: str) -> GitObject:
    """The object of that id as the era shows it.

    Raises FieldError `lookup object <id>: object not found`, or `unsupported object type`.
    """
    objects = repository.bare.objects
    call.touched.add(repository)
    source = objects.get(oid)
    if source and source.type == "tag" and not call.modern:
        source = objects.get(peel(repository.bare, source.data))
    if source is None:
        raise FieldError(f"lookup object {oid}: object not found")
    if source.type == "blob":
        return (TextBlob if _is_text(source.data, call.modern) else BinaryBlob)(repository, source)
    kinds: dict[str, type[GitObject]] = {"commit": Commit, "tree": Tree, "tag": Tag}
    return kinds[source.type](repository, source)


def _is_text(data: bytes, modern: bool) -> bool:
    """Whether all of it, in 2026 its beginning, is UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return modern and error.start > SNIFFED
    return True
