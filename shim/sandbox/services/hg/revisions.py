"""Files of a Mercurial repository, revision by revision, without the history between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shim.sandbox.engine.errors import FieldError

TIP = "tip"
_NULL = "000000000000"


@dataclass(frozen=True)
class Revisions:
    """The files of each known revision by name (`tip`, a bookmark, a branch, a tag), by their paths."""

    files: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict, repr=False)

    def manifest(self, revspec: str | None) -> Mapping[str, bytes]:
        """The files of a revision, `tip` by default; an empty repository has a tip without files.

        Raises FieldError, with Mercurial's text, for an unknown revision.
        """
        name = TIP if revspec is None else revspec
        if name not in self.files and (self.files or name != TIP):
            raise FieldError(f"unknown revision '{name}'")
        return self.files.get(name, {})

    def file(self, path: str, revspec: str | None) -> bytes:
        """A file's content. Raises FieldError, with Mercurial's text, if there is none."""
        content = self.manifest(revspec).get(path)
        if content is None:
            revision = (revspec or TIP) if self.files else _NULL
            raise FieldError(f"{path}: no such file in rev {revision}")
        return content
