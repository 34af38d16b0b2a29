"""/api/.../lists/<l>/patchsets: series of patches (lists rows 33 to 42)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound

from shim.rest import json
from shim.rest.body import Field, required
from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Crash
from shim.rest.page import SIZE, Page
from shim.services.call import Call
from shim.services.flag import flagged
from shim.services.lists.access import gate, list_in, numbered, own_list_in
from shim.services.lists.asking.instants import instant
from shim.services.lists.asking.milestones import ask
from shim.services.lists.asking.paging import page_of, start_of
from shim.services.lists.asking.several import in_parts, one_by_one
from shim.services.lists.mails import envelopes
from shim.services.lists.mails.mails import by_id, fetched, visible, whole, with_senders
from shim.services.lists.mails.names import MOST_NAMED, ids_here
from shim.services.lists.mails.series import Series, patches_cursor
from shim.services.lists.mails.threading import Threads
from shim.services.lists.resources import Mail, ShortPatchset
from shim.services.lists.tools import known_tool, remember
from shim.services.subscribing import column_text
from shim.upstream import Result

patchsets = Endpoints()
_patchset, _mail = ShortPatchset(), Mail()
STATUSES = ("unknown", "proposed", "needs_revision", "superseded", "approved", "rejected", "applied")
ICONS = ("pending", "waiting", "success", "failed", "cancelled")
_STATUS = Field("status", choices=STATUSES, enum="PatchsetStatus")
_ICON = Field("icon", required=True, choices=ICONS, enum="ToolIcon")
_LONGEST_KEY = 128
MOST_SERIES = 9
ALL = ("/api/lists/<l>/patchsets", "/api/user/<u>/lists/<l>/patchsets")
ONE = tuple(f"{rule}/<p>" for rule in ALL)
Row = Mapping[str, Any]


@patchsets.get(
    *ALL,
    scope="patches:read",
    operation=("Patchsets", "PatchsetKeys", "PatchsetsById"),
    resource=paged(ShortPatchset),
)
def index(call: Call, l: str) -> Response:  # noqa: E741
    """Patchsets by descending id."""
    page, complete = page_of(call, Patchsets(call, l), start_of(call))
    series = Series(call)
    rows = [series.told(row) for row in page.results]
    return flagged(call.page(_patchset, Page(rows, page.next, page.total)), complete=complete and series.complete)


@patchsets.get(*ONE, scope="patches:read", operation="Patchset", resource=ShortPatchset, examples={"p": "6100"})
def show(call: Call, l: str, p: str) -> Response:  # noqa: E741
    """One patchset."""
    series = Series(call)
    found = series.told(_patchset_of(call, call.fetch("Patchset", l=l, **_one(call, p))))
    return flagged(json.answer(_patchset.dump(found)), complete=series.complete)


@patchsets.get(
    *(f"{rule}/patches" for rule in ONE),
    scope="patches:read",
    operation=("Patches", "Named", "NamedHere", "WholeMailsById", "Senders", "Ancestors", "Roots", "ThreadsOfMails"),
    resource=paged(Mail),
    examples={"p": "6100"},
)
def patches(call: Call, l: str, p: str) -> Response:  # noqa: E741
    """The patches of a patchset in their order."""
    asked = {"l": l, **_one(call, p)}
    result, has_senders = fetched(call, lambda senders: ask(call, "raw", "Patches", senders=senders, **asked))
    found, of_list = _patchset_of(call, result), list_in(call, result)
    start = start_of(call)
    rows: Sequence[Row] = found["patches"]["results"]
    if not has_senders:
        rows = with_senders(call, rows)
    rows, complete = _all(call, found, rows, of_list)
    ordered = sorted(rows, key=_place)
    rest = [row for row in ordered if start is None or row["id"] <= start]
    page, told = _page(call, found, rest, of_list, len(rows))
    return flagged(call.page(_mail, page), complete=complete and told)


@patchsets.put(
    *ONE,
    scope="patches:write",
    operation=("Patchset", "UpdatePatchset"),
    resource=ShortPatchset,
    examples={"p": "6100", "body": {"status": "applied"}, "status": "APPLIED"},
)
def update(call: Call, l: str, p: str) -> Response:  # noqa: E741
    """Another status; the list's owner alone may set it."""
    result = call.fetch("Patchset", l=l, **_own(call, l, p))
    own_list_in(call, result)
    found = _patchset_of(call, result)
    status = call.valid.take(_STATUS)
    if "status" not in call.valid:
        call.valid.complain("status should be an str", "status")
    call.valid.check()
    written = call.mutate("UpdatePatchset", "updatePatchset", id=found["id"], status=status.upper())
    series = Series(call)
    return flagged(json.answer(_patchset.dump(series.told({**found, **written}))), complete=series.complete)


@patchsets.put(
    *(f"{rule}/tools" for rule in ONE),
    scope="patches:write",
    operation=("Tools", "UpdateTool", "CreateTool"),
    examples={
        "p": "6100",
        "body": {"icon": "success", "details": "It builds", "key": "builds"},
        "icon": "SUCCESS",
        "details": "It builds",
    },
)
def set_tool(call: Call, l: str, p: str) -> Response:  # noqa: E741
    """What a tool says of a patchset, anew or changed, by its key (lists G8)."""
    result = call.fetch("Tools", l=l, **_own(call, l, p))
    own_list_in(call, result)
    found = _patchset_of(call, result)
    icon, details, key = (call.valid.take(field) for field in (_ICON, required("details", None), required("key", None)))
    call.valid.check()
    if not isinstance(key, str) or len(key) > _LONGEST_KEY:
        raise Crash("a key that the old column did not take")
    _write(call, found, key, {"icon": icon.upper(), "details": column_text(details)})
    return json.answer({})


class Patchsets:
    """The patchsets of a list, as `paging` wants them."""

    def __init__(self, call: Call, l: str) -> None:  # noqa: E741
        self._call = call
        self._asked = {"l": l, **gate(call), **patches_cursor(call)}
        self._list = 0

    def ask(
        self, *, size: int, cursor: str | None, counter: str | None, counted: bool
    ) -> tuple[Row | None, Row | None]:
        """Patchsets from a cursor on, and keys."""
        asked = {**self._asked, "cursor": cursor, "counter": counter, "listed": bool(size), "counted": counted}
        result = self._call.fetch("Patchsets", rows=size, **asked)
        self._list = list_in(self._call, result)["id"]
        rows, keys = (
            self._call.intact(result, "owner", name, "patches") if wanted else None
            for name, wanted in (("rows", size), ("keys", counted))
        )
        return rows, keys

    def looked_up(self, ids: Sequence[int]) -> list[Row]:
        """Single patchsets of the list."""
        found: list[Row] = []
        for some in in_parts(ids, MOST_SERIES):
            found += one_by_one(self._call, "PatchsetsById", "patchset", some, **patches_cursor(self._call))
        return [row for row in found if row["list"]["id"] == self._list]

    def keys_of(self, ids: Sequence[int]) -> list[Row]:
        """The keys of single patchsets of the list."""
        keys = one_by_one(self._call, "PatchsetKeys", "patchset", ids)
        return [key for key in keys if key["list"]["id"] == self._list]

    def is_wanted(self, key: Row) -> bool:
        """All of them are."""
        return True


def _one(call: Call, p: str) -> dict[str, Any]:
    """The variables that ask for a patchset beside its list."""
    return {"id": numbered(p), **gate(call), **patches_cursor(call)}


def _own(call: Call, l: str, p: str) -> dict[str, Any]:  # noqa: E741
    """The same for a change, before which the list's owner is looked at, whatever the patchset's id."""
    try:
        return _one(call, p)
    except NotFound:
        own_list_in(call, call.fetch("Gate", l=l, **gate(call)))
        raise


def _patchset_of(call: Call, result: Result) -> Row:
    """The patchset in an answer, which must be one of the list that was asked for."""
    of_list = list_in(call, result)
    found: Row = visible(call, result, "patchset")
    if found["list"]["id"] != of_list["id"]:
        raise NotFound
    return found


def _all(call: Call, found: Row, rows: Sequence[Row], of_list: Row) -> tuple[Sequence[Row], bool]:
    """All patches, of which upstream's first page may hold but the oldest, and whether none is missing."""
    if found["patches"]["cursor"] is None:
        return rows, True
    told = {envelopes.bare(row["message_id"]) for row in rows}
    unknown = [name for name in envelopes.names_in(call, found["mbox"]) if name not in told]
    further = by_id(call, ids_here(call, of_list, unknown[:MOST_NAMED]), texts=True)
    return [*rows, *further], len(further) == len(unknown)


def _page(call: Call, found: Row, rest: Sequence[Row], of_list: Row, total: int) -> tuple[Page, bool]:
    """The page of these patches, and whether all of it is known."""
    shown = rest[:SIZE]
    threads, series = Threads(call), Series(call)
    places = threads.of([{**row, "list": of_list} for row in shown], counted=True)
    told = series.told(found)
    texts = envelopes.of_all(call, shown, found["mbox"]) if shown else {}
    rows = [
        {
            **whole({**row, "patchset": told}, places[row["id"]], of_list, series, texts.get(row["id"], "")),
            "is_patch": True,
        }
        for row in shown
    ]
    following = rest[SIZE]["id"] if len(rest) > SIZE else None
    return Page(rows, following, total), threads.complete and series.complete and len(texts) == len(shown)


def _place(patch: Row) -> tuple[int, int, tuple[str, str]]:
    return patch["patch"]["version"] or 0, patch["patch"]["index"] or 0, instant(patch["created"])


def _write(call: Call, patchset: Row, key: str, given: dict[str, Any]) -> None:
    """Change the tool of this key, or make it. One that is gone meanwhile is made again."""
    tool = known_tool(call, patchset["id"], key)
    if tool in {row["id"] for row in patchset["tools"]}:
        result = call.fetch("UpdateTool", id=tool, **given)
        if result.errors:
            raise call.answers.of_mutation(result.errors)
        if result.get("updateTool") is not None:
            return
    made = call.mutate("CreateTool", "createTool", id=patchset["id"], **given)
    remember(call, patchset["id"], key, made["id"])
