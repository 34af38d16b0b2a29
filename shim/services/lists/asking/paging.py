"""Pages of lists that upstream orders by time and old clients by id (lists 4.2).

The cursors of these lists are positions in whole seconds, so that following them loses rows. First the keys of a list
are read, then the rows of the page: with the network key by cursors that are made for it, without it by the server's
own ones, and what they lose is looked up by its id.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from operator import itemgetter
from typing import Any, Protocol

from shim.rest.errors import Refusal
from shim.rest.page import SIZE, Page, bound_of
from shim.services.call import BEYOND, Call
from shim.services.lists.asking.instants import instant
from shim.services.lists.asking.several import in_parts
from shim.upstream import LARGEST_INT, SERVER_PAGE

MOST_KEYS = 2000
"""How many rows of a list are looked at for one page."""
MOST_FURTHER = 1
"""How many times more are looked at where these hold too few of the wanted ones."""
MOST_PROBED = 28
"""How many ids are looked up in one request, and how far apart rows may be for one between them to be looked up."""
MOST_REPAIRS = 2
"""How many such requests one page may take."""
_FEW = 4
"""Fewer rows are looked up by their ids at once."""
NOT_A_NUMBER = "start should be an int"
Row = Mapping[str, Any]


def start_of(call: Call) -> int | None:
    """The bound that the query asks for. Raises the 400 for what is no number, over which the old code crashed."""
    return bound_of(call.request.args, NOT_A_NUMBER)


class Source(Protocol):
    """A list: its keys (`{"id": ..., "created": ...}` and what else `is_wanted` looks at) and its rows by id."""

    def ask(
        self, *, size: int, cursor: str | None, counter: str | None, counted: bool
    ) -> tuple[Row | None, Row | None]:
        """A page of `size` rows by `cursor` (none if 0), and one of keys by `counter` if `counted`, at once."""
        ...

    def looked_up(self, ids: Sequence[int]) -> list[Row]:
        """The rows with these ids that are in the list."""
        ...

    def keys_of(self, ids: Sequence[int]) -> list[Row]:
        """The keys of these ids that are in the list."""
        ...

    def is_wanted(self, key: Row) -> bool:
        """Whether a key is one of a row."""
        ...


@dataclass
class Found:
    """The keys that were found, newest first; `complete` says whether there are no others.

    `rows` are those that came with them; `cursors` lead to the pages they stood on, each with the ids there. `rest` is
    the id of the key behind which nobody has looked, None where the end was reached: a page ends before it, and the
    next one begins with it, for it is a key of this list, of which the time can be asked.
    """

    keys: list[Row] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    complete: bool = True
    cursors: list[tuple[str | None, frozenset[int]]] = field(default_factory=list)
    rest: int | None = None


def page_of(call: Call, source: Source, start: int | None) -> tuple[Page, bool]:
    """The page that begins at `start`, and whether it and its total are all that there is.

    Raises the 501 for a page that is too far down to be reached without the network key.
    """
    found = (_sealed if call.backend.pager.seals else _walked)(call, source, start)
    keys = {key["id"]: key for key in found.keys if source.is_wanted(key)}
    if found.rest is not None and start is not None and found.rest >= start:
        raise Refusal(501, BEYOND)
    ids = sorted((i for i in keys if _is_between(found.rest, i, start)), reverse=True)
    shown = ids[:SIZE]
    rows = _rows(call, source, found, [keys[i] for i in shown])
    following = ids[SIZE] if len(ids) > SIZE else found.rest
    total = len(keys) + (not found.complete)
    missing = len(rows) < len(shown)
    return Page([rows[i] for i in shown if i in rows], following, total), found.complete and not missing


def _is_between(rest: int | None, row_id: int, start: int | None) -> bool:
    return (rest is None or row_id > rest) and (start is None or row_id <= start)


def _sealed(call: Call, source: Source, start: int | None) -> Found:
    """The keys by one call, and with them the rows at the beginning of the list; of a long one those around `start`."""
    rows, keys = source.ask(
        size=SIZE if start is None else 0,
        cursor=call.sealed(SIZE),
        counter=call.sealed(MOST_KEYS),
        counted=True,
    )
    found = _with(Found(), rows, keys)
    if start is not None and found.rest is not None and found.rest >= start:
        first = max(source.keys_of(_ids_down_from(start)), key=itemgetter("id"), default=None)
        if first is not None:
            found = _further(call, source, found, first["created"])
    return _filled(call, source, found, start)


def _ids_down_from(start: int) -> Sequence[int]:
    """A bound and the ids below it, for the row that it was may be gone."""
    highest = min(start, LARGEST_INT)
    return range(highest, max(highest - MOST_PROBED, -1), -1)


def _filled(call: Call, source: Source, found: Found, start: int | None) -> Found:
    """What was found and what is behind it, as far as it takes to fill the page at `start`, and a few calls reach."""
    for _ in range(MOST_FURTHER):
        wanted = (key["id"] for key in found.keys if source.is_wanted(key))
        if found.rest is None or sum(_is_between(found.rest, i, start) for i in wanted) > SIZE:
            break
        further = _further(call, source, found, found.keys[-1]["created"])
        if further.rest == found.rest:
            break
        found = further
    return found


def _further(call: Call, source: Source, found: Found, created: str) -> Found:
    """What was found, and the keys from a time on."""
    _, keys = source.ask(size=0, cursor=None, counter=_position(call, MOST_KEYS, created), counted=True)
    return _with(found, None, keys)


def _with(found: Found, rows: Row | None, keys: Row | None) -> Found:
    """What was found, and a page of keys behind it."""
    assert keys is not None
    new = {key["id"]: key for key in keys["results"]}
    every = [key for key in found.keys if key["id"] not in new] + list(new.values())
    ends = keys["cursor"] is None or not every
    return Found(every, [*found.rows, *(rows["results"] if rows else ())], ends, rest=None if ends else every[-1]["id"])


def _walked(call: Call, source: Source, start: int | None) -> Found:
    """The keys by the server's own cursors, as many as the budget allows, and those that were lost between pages."""
    found, cursor = Found(), None
    known: dict[int, Row] = {}
    gaps: list[range] = []
    for _ in range(call.backend.instance.page_budget // 2):
        _, page = source.ask(size=0, cursor=None, counter=cursor, counted=True)
        assert page is not None
        new = {key["id"]: key for key in page["results"] if key["id"] not in known}
        gaps += gap_between(known, new)
        known |= new
        found.cursors.append((cursor, frozenset(new)))
        cursor = page["cursor"]
        if cursor is None or not new:
            break
    if cursor is not None and known:
        found.rest = next(reversed(known))
    lost, repaired = repaired_keys(source.keys_of, gaps, known)
    found.keys = [*known.values(), *lost]
    found.complete = cursor is None and repaired
    return found


def gap_between(known: Mapping[int, Any], new: Mapping[int, Any]) -> list[range]:
    """The ids between what is known and a further page, of which the cursor may have lost rows.

    An empty page lacks the row that its cursor began with, which is somewhere below.
    """
    if not known:
        return []
    last = next(reversed(known))
    return [range(next(iter(new)) + 1 if new else max(1, last - MOST_PROBED), last)]


def repaired_keys(
    keys_of: Callable[[Sequence[int]], list[Row]], gaps: Sequence[range], known: Container[int]
) -> tuple[list[Row], bool]:
    """The keys that cursors have lost between pages, and whether all of these gaps could be looked into."""
    ids: list[int] = []
    all_of_them = True
    for gap in gaps:
        fits = len(gap) <= MOST_PROBED and len(ids) + len(gap) <= MOST_REPAIRS * MOST_PROBED
        ids += [i for i in gap if i not in known] if fits else []
        all_of_them &= fits
    return [key for part in in_parts(ids, MOST_PROBED) for key in keys_of(part)], all_of_them


def _rows(call: Call, source: Source, found: Found, keys: Sequence[Row]) -> dict[int, Row]:
    """The rows of these keys by id: those that are known, the rest by what leads to most of them, then one by one."""
    known = {row["id"]: row for row in found.rows}
    for cursor, size in _ways(call, found, [key for key in keys if key["id"] not in known]):
        rows, _ = source.ask(size=size, cursor=cursor, counter=None, counted=False)
        assert rows is not None
        known |= {row["id"]: row for row in rows["results"]}
    missing = [key["id"] for key in keys if key["id"] not in known]
    if missing:
        known |= {row["id"]: row for row in source.looked_up(missing)}
    return known


def _ways(call: Call, found: Found, keys: Sequence[Row]) -> Iterator[tuple[str | None, int]]:
    """Cursors, and sizes of their pages, of what holds most of these keys."""
    if len(keys) < _FEW:
        return
    wanted = {key["id"] for key in keys}
    if found.cursors:
        yield from ((cursor, SERVER_PAGE) for cursor, ids in found.cursors if wanted & ids)
        return
    latest = max((key["created"] for key in keys), key=instant)
    yield _position(call, SIZE, latest), SIZE


def _position(call: Call, size: int, created: str) -> str | None:
    """A cursor of rows from a time on: in whole seconds, so those behind it in the same second stand before.

    A time that no calendar has, as mails that were imported may, is as good as the latest.
    """
    try:
        moment = datetime.fromisoformat(created[:19]).replace(tzinfo=timezone.utc)
    except ValueError:
        return call.sealed(size)
    return call.sealed(size, str(int(moment.timestamp()) + 1))
