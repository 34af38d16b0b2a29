"""Git objects as bytes, and the store of one repository."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from dulwich.objects import Tree


@dataclass(frozen=True)
class RawObject:
    """An object: its type (`commit`, `tree`, `blob`, `tag`) and its content without the header."""

    type: str
    data: bytes

    @cached_property
    def id(self) -> str:
        """The object id, 40 hex digits."""
        head = f"{self.type} {len(self.data)}\0".encode()
        return hashlib.sha1(head + self.data, usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Entry:
    """An entry of a tree; `mode` is as written, 0100664 included."""

    name: bytes
    mode: int
    id: str


def entries(tree: bytes) -> list[Entry]:
    """The entries of a tree object, in git's order."""
    return [Entry(name, mode, sha.decode()) for name, mode, sha in Tree.from_string(tree).items()]


class Objects:
    """The objects of one repository; `packed` ones are not found by a part of their id (git dossier, F6)."""

    def __init__(self, objects: Mapping[str, RawObject], *, packed: bool = False) -> None:
        self._objects = objects
        self._packed = packed

    def get(self, oid: str) -> RawObject | None:
        """The object of that id."""
        return self._objects.get(oid)

    def of_type(self, oid: str, kind: str) -> RawObject | None:
        """The object of that id, if it has that type."""
        found = self._objects.get(oid)
        return found if found and found.type == kind else None

    def with_prefix(self, prefix: str, *, packs_open: bool) -> list[str]:
        """The ids that begin so, ascending; those of packed objects only while the pack's index is open."""
        if self._packed and not packs_open:
            return []
        return sorted(oid for oid in self._objects if oid.startswith(prefix))

    def reachable(self, targets: Iterable[str]) -> dict[str, RawObject]:
        """The objects to be reached from `targets`."""
        found: dict[str, RawObject] = {}
        waiting = list(targets)
        while waiting:
            oid = waiting.pop()
            if oid not in found and (raw := self._objects.get(oid)):
                found[oid] = raw
                waiting.extend(_links(raw))
        return found


def _links(raw: RawObject) -> Iterator[str]:
    if raw.type == "tree":
        yield from (entry.id for entry in entries(raw.data))
    elif raw.type in ("commit", "tag"):
        for line in raw.data.partition(b"\n\n")[0].split(b"\n"):
            name, _, value = line.partition(b" ")
            if name in (b"tree", b"parent", b"object"):
                yield value.decode("ascii", "replace")
