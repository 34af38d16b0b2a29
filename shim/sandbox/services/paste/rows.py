"""Pastes, their files and what these hold, as rows and as GraphQL shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from shim.sandbox.instance.call import Call
from shim.sandbox.instance.users import User


@dataclass
class Blob:
    """The contents of files, each but once; `sha` is their SHA-1."""

    id: int
    sha: str
    content: bytes = field(repr=False)


@dataclass(eq=False)
class Paste:
    """A paste. What rows are numbered by is shown nowhere: what GraphQL calls its id is `sha`."""

    typename: ClassVar[str] = "Paste"
    row_id: int
    sha: str
    user: User
    created: datetime
    visibility: str

    @property
    def id(self) -> str:
        """What it is asked for by."""
        return self.sha

    def files(self, call: Call) -> list[File]:
        """Its files, in the order in which they came."""
        return call.store.files.where(lambda row: row.paste_id == self.row_id)  # type: ignore[no-any-return]

    def readable(self, call: Call) -> bool:
        """Whether the caller may read it."""
        return self.user is call.user or self.visibility != "PRIVATE"


@dataclass
class File:
    """A file of a paste; a name is not needed."""

    typename: ClassVar[str] = "File"
    id: int
    paste_id: int
    blob: Blob
    filename: str | None

    @property
    def hash(self) -> str:
        """What its contents are asked for by."""
        return self.blob.sha
