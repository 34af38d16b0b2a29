"""Commits and tags as go-git decodes them, with its faults (git dossier, F14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import ClassVar

_BEGIN_SIGNATURE = b"-----BEGIN PGP SIGNATURE-----"
Fields = dict[bytes, list[bytes]]


def as_text(data: bytes) -> str:
    """Bytes as the text that is answered: what is no UTF-8 is kept and comes out raw."""
    return data.decode("utf-8", "surrogateescape")


@dataclass(frozen=True)
class Person:
    """A signature line: name, e-mail, time with the signer's offset (None where there is none)."""

    typename: ClassVar[str] = "Signature"
    name: str = ""
    email: str = ""
    time: datetime | None = None

    @classmethod
    def decode(cls, text: bytes) -> Person:
        """Read `Name <email> seconds +hhmm`; what cannot be read stays empty."""
        start, end = text.rfind(b"<"), text.rfind(b">")
        if start < 0 or end < start:
            return cls()
        name, email = text[:start].strip(b" "), text[start + 1 : end]
        return cls(as_text(name), as_text(email), _time(text[end + 2 :]))


@dataclass(frozen=True)
class CommitData:
    """A commit; the message is its raw bytes, whatever its `encoding` says."""

    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str

    @classmethod
    def decode(cls, data: bytes) -> CommitData:
        """Read a commit. A merge tag is taken for more of the header, so that its blank line ends that."""
        fields, message = _header(data)
        parents = tuple(as_text(parent) for parent in fields.get(b"parent", ()))
        author, committer = (Person.decode(_last(fields, name)) for name in (b"author", b"committer"))
        return cls(as_text(_last(fields, b"tree")), parents, author, committer, as_text(message))


@dataclass(frozen=True)
class TagData:
    """An annotated tag; the message comes without a PGP signature."""

    target: str
    target_type: str
    name: str
    tagger: Person
    message: str

    @classmethod
    def decode(cls, data: bytes) -> TagData:
        """Read a tag."""
        fields, message = _header(data)
        target, kind, name = (as_text(_last(fields, name)) for name in (b"object", b"type", b"tag"))
        text = as_text(message.partition(_BEGIN_SIGNATURE)[0])
        return cls(target, kind, name, Person.decode(_last(fields, b"tagger")), text)


def _header(data: bytes) -> tuple[Fields, bytes]:
    fields: Fields = {}
    name, rest = b"", data
    while rest:
        line, _, rest = rest.partition(b"\n")
        if name == b"gpgsig" and line.startswith(b" "):
            continue
        name, _, value = line.strip().partition(b" ")
        if not name:
            break
        fields.setdefault(name, []).append(value)
    return fields, rest


def _last(fields: Fields, name: bytes) -> bytes:
    return fields.get(name, [b""])[-1]


def _time(text: bytes) -> datetime | None:
    seconds, _, zone = text.partition(b" ")
    try:
        moment = datetime.fromtimestamp(int(seconds), timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None
    try:
        hours, minutes = int(zone[:3]), int(zone[3:5])
        return moment.astimezone(timezone(timedelta(hours=hours, minutes=-minutes if hours < 0 else minutes)))
    except (ValueError, OverflowError):
        return moment
