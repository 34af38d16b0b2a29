"""The files in the body of a new paste, checked in the old order, and how they go upstream (paste 4.4, 7)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from gql import FileVar

from shim.rest.body import optional, required
from shim.rest.errors import Refusal, reason
from shim.rest.intake import TOO_COMPLEX
from shim.services.asking import NUL

MOST_FILES = 100
"""How many files one paste may have: each is a transaction of the API's, all within the time that it has for a call."""
NO_OBJECTS = "Expected a list of objects"
NO_TEXT = "contents should be valid Unicode"
NO_NAME = "filename should be a single line of valid Unicode"
_UNSENDABLE = re.compile("[\r\n\0\ud800-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")
_CONTENTS, _FILENAME = required("contents", str), optional("filename", str)


@dataclass(frozen=True)
class File:
    """A file as it was sent; the name is empty where there is none."""

    name: str
    content: bytes

    @property
    def blob_id(self) -> str:
        """What its contents are asked for by: their SHA-1."""
        return hashlib.sha1(self.content, usedforsecurity=False).hexdigest()

    @property
    def stored_name(self) -> str | None:
        """What the API keeps of the name: the last part of a path, as Go tells it, or null (paste 4.4)."""
        return self.name.rstrip("/").rpartition("/")[2] or self.name[:1] or None

    def upload(self) -> FileVar:
        """The file as a variable of a mutation."""
        return FileVar(BytesIO(self.content), filename=self.name, content_type="text/plain; charset=utf-8")


def read(given: Sequence[Any]) -> list[File]:
    """The files. Raises the 400 with all that is wrong with the first bad one, and the 413 for too many."""
    if len(given) > MOST_FILES:
        raise Refusal(413, TOO_COMPLEX)
    if not all(isinstance(entry, Mapping) for entry in given):
        raise Refusal(400, reason(NO_OBJECTS, "files"))
    return [_read(entry) for entry in given]


def _read(entry: Mapping[str, Any]) -> File:
    errors: list[dict[str, str]] = []

    def complain(text: str, field: str | None = None) -> None:
        errors.append(reason(text, field))

    contents = _CONTENTS.read(entry, complain)
    name = "" if entry.get("filename") is None else _FILENAME.read(entry, complain)
    if not errors:
        _check(contents, name, complain)
    if errors:
        raise Refusal(400, *errors)
    return File(name, contents.encode())


def _check(contents: str, name: str, complain: Callable[..., None]) -> None:
    """Note what can't be sent, or what the API's database does not take."""
    if "\0" in contents:
        complain(NUL, "contents")
    if _HALF.search(contents):
        complain(NO_TEXT, "contents")
    if _UNSENDABLE.search(name):
        complain(NO_NAME, "filename")
