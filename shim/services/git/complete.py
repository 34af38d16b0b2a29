"""Whole lists out of pages that lose two entries each (git F2, 4.8).

With the network key one page holds everything. Without it a list beyond one page is only complete with a
second chain of pages that begins elsewhere: cursors are not bound to a list, so a log's cursor whose
commit id sorts among the first names starts one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from werkzeug.exceptions import NotFound

from shim.rest.errors import Refusal
from shim.services.call import Call
from shim.services.git.objects import rebuilt_tree
from shim.upstream import Fetch
from shim.upstream.text import raw

REFERENCES = "These references cannot be obtained completely from the GraphQL API"
DIRECTORY = "This directory listing cannot be obtained completely from the GraphQL API"
_BRIDGES = 8
_LARGEST_BRIDGE = 24
Page = Mapping[str, Any]
Row = Mapping[str, Any]


class Incomplete(Refusal):
    """Some references may be missing: without the network key, in a repository of many of them and few commits."""

    def __init__(self) -> None:
        super().__init__(501, REFERENCES)


def references(call: Call, r: str, page: Page, fetch: Fetch | None = None) -> Sequence[Row]:
    """All references of a repository by name, given the first page, and how to fetch another. Raises Incomplete."""
    fetch = fetch or call.lister("References", "owner", "repository", "references", r=r)
    rows = _everything(call, r, page, fetch)
    if rows is None:
        raise Incomplete
    return rows


def entries(call: Call, r: str, oid: str, page: Page) -> Sequence[Row]:
    """All entries of the tree `oid`, given the first page; beyond a server page proven by the tree's id.

    Raises the 501 where they can't be.
    """
    if page["cursor"] is None and len(page["results"]) <= _LARGEST_BRIDGE + 1:
        found: Sequence[Row] = page["results"]
        return found

    def fetch(cursor: str | None) -> tuple[Sequence[Any], str | None]:
        objects = call.require(call.fetch("TreeEntries", r=r, oid=oid, cursor=cursor), "owner", "repository", "objects")
        following = objects[0]["entries"]
        return following["results"], following["cursor"]

    rows = _everything(call, r, page, fetch)
    if rows is None or rebuilt_tree(oid, rows) is None:
        raise Refusal(501, DIRECTORY)
    return rows


def _everything(call: Call, r: str, page: Page, fetch: Fetch) -> list[Row] | None:
    """The rows of two chains of pages by name; None where no second chain could be found."""
    found = {row["name"]: row for row in _chain(page["results"], page["cursor"], fetch)}
    if page["cursor"] is not None:
        names = sorted(raw(row["name"]) for row in page["results"])
        cursor = _bridge(call, r, names)
        if cursor is None:
            return None
        found |= {row["name"]: row for row in _chain((), cursor, fetch)}
    return sorted(found.values(), key=lambda row: raw(row["name"]))


def _chain(first: Iterable[Row], cursor: str | None, fetch: Fetch) -> Iterator[Row]:
    yield from first
    while cursor is not None:
        rows, cursor = fetch(cursor)
        yield from rows


def _bridge(call: Call, r: str, names: Sequence[bytes]) -> str | None:
    """A log cursor that leads to a commit whose id sorts behind 1 to 24 of the first names."""
    fetch = call.lister("LogIds", "owner", "repository", "log", r=r)
    cursor: str | None = None
    with suppress(NotFound):
        _, cursor = fetch(None)
    for _ in range(_BRIDGES):
        if cursor is None:
            break
        commits, following = fetch(cursor)
        if commits and 1 <= bisect_right(names, commits[0]["id"].encode()) <= _LARGEST_BRIDGE:
            return cursor
        cursor = following
    return None
