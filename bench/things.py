"""The objects that a made-up answer tells of, with their ids and names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TAGGED = 8
KINDS = {"c0": "Commit", "ee": "Tree", "b0": "TextBlob", "a0": "Tag"}
PREFIXES = {kind: prefix for prefix, kind in KINDS.items()}
BLOB = b"x" * 2000
_OPTIONAL = {"readme", "url", "location", "bio", "description", "body"}


@dataclass(frozen=True)
class Thing:
    """An object of the schema: its type, its number, and what else is known of it."""

    type: str
    number: int = 1
    known: Mapping[str, Any] = field(default_factory=dict)


def text_of(thing: Thing, name: str) -> str | None:
    """The value of a text field; those that may be null are."""
    owner = thing.known.get("owner", "jdoe")
    oid = "" if name in _OPTIONAL else _identity(thing, name)
    texts = {
        "id": oid,
        "target": oid,
        "shortId": oid[:7],
        "username": owner,
        "canonicalName": f"~{owner}",
        "text": BLOB.decode(),
        "content": f"http://127.0.0.1/query/blob/{oid}",
        "mbox": f"http://127.0.0.1/query/thread/{thing.number}.mbox",
        **dict.fromkeys(("envelope", "rawMessage"), f"http://127.0.0.1/query/email/{thing.number}"),
        "ref": f"~{owner}/tracker#{thing.number}",
        "name": _name(thing),
    }
    is_null = name in _OPTIONAL and thing.type != "Email"
    return texts.get(name, None if is_null else f"{name} of {thing.number}")


def _identity(thing: Thing, name: str) -> str:
    """The id of an object; entries of a tree are of files, what a reference names are commits."""
    if name == "target":
        return _oid("Commit", thing.number)
    if thing.type == "TreeEntry":
        return _oid("TextBlob", thing.number)
    return _oid(thing.type, thing.number) if thing.type in PREFIXES else str(thing.number)


def _name(thing: Thing) -> str:
    if thing.type == "Reference":
        return f"refs/{'tags' if thing.number % TAGGED == 0 else 'heads'}/r{thing.number}"
    if thing.type == "TreeEntry":
        return f"f{thing.number}.txt"
    named = thing.known.get("name") if thing.type in ("Repository", "Tracker", "MailingList") else None
    return str(named or f"n{thing.number}")


def _oid(kind: str, number: int) -> str:
    return f"{PREFIXES[kind]}{number:038x}"


def object_of(oid: str) -> Thing:
    """The object of an id; what is none is a commit without a number."""
    try:
        return Thing(KINDS[oid[:2]], int(oid[2:], 16))
    except (KeyError, ValueError):
        return Thing("Commit", 0)
