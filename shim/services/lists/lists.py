"""/api/.../lists: mailing lists (lists rows 17 to 23)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from shim.rest import json
from shim.rest.body import optional, required
from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Refusal, reason
from shim.rest.page import cut
from shim.services.call import Call
from shim.services.flag import flagged
from shim.services.lists.access import any_list_in, gate, is_owners, list_in
from shim.services.lists.asking.milestones import ask
from shim.services.lists.asking.paging import start_of
from shim.services.lists.resources import MailingList, WrittenList

lists = Endpoints()
_list, _written = MailingList(), WrittenList()
_KINDS = {bool: "bool", list: "slice", dict: "map"}
NOTHING_TO_SET = "update statements must have at least one Set clause"
TAKEN = "A mailing list with this name already exists."
Row = Mapping[str, Any]


@lists.get("/api/lists", "/api/user/<u>/lists", scope="lists:read", operation="Lists", resource=paged(MailingList))
def index(call: Call) -> Response:
    """Lists by descending id; of another user's the public ones."""
    start = start_of(call)

    def fetch(cursor: str | None) -> tuple[Sequence[Any], str | None]:
        result = ask(call, "activity", "Lists", cursor=cursor)
        page = call.intact(result, "owner", "lists")
        mine = is_owners(result)
        return [{**row, "shown": mine or row["visibility"] == "PUBLIC"} for row in page["results"]], page["cursor"]

    found = call.everything("lists", fetch)
    page = cut([_told(row) for row in found.rows if row["shown"]], start)
    return flagged(call.page(_list, page), complete=found.complete)


@lists.get("/api/lists/<l>", "/api/user/<u>/lists/<l>", scope="lists:read", operation="List", resource=MailingList)
def show(call: Call, l: str) -> Response:  # noqa: E741
    """One list by owner and name."""
    result = ask(call, "activity", "List", l=l, **gate(call))
    return json.answer(_list.dump(_told(list_in(call, result))))


@lists.post(
    "/api/lists",
    scope="lists:write",
    operation=("User", "CreateList"),
    fields=(required("name", None, "Name"), optional("description", None)),
    resource=WrittenList,
)
def create(call: Call) -> Response:
    """A new list, which everybody may see; its times stay as upstream wrote them (lists Q3)."""
    owner = call.require(call.fetch("User"), "owner")
    call.valid.check()
    given = {key: _text(value) for key, value in call.valid.values.items()}
    return _answer(_mutate(call, "CreateList", "createMailingList", **given), owner, 201)


@lists.put(
    "/api/lists/<l>",
    scope="lists:write",
    operation=("Gate", "UpdateList"),
    resource=WrittenList,
    examples={"body": {"description": "Patches and plans"}, "input": {"description": "Patches and plans"}},
)
def update(call: Call, l: str) -> Response:  # noqa: E741
    """Another description and nothing else."""
    found = any_list_in(call, call.fetch("Gate", l=l, **gate(call)))
    given = _description(call)
    written = _mutate(call, "UpdateList", "updateMailingList", id=found["id"], input=given)
    return _answer(written, found["owner"])


@lists.delete("/api/lists/<l>", scope="lists:write", operation=("Gate", "DeleteList"))
def delete(call: Call, l: str) -> Response:  # noqa: E741
    """No more list, as soon as upstream comes to it."""
    found = any_list_in(call, call.fetch("Gate", l=l, **gate(call)))
    call.mutate("DeleteList", "deleteMailingList", id=found["id"])
    return json.no_content()


def _description(call: Call) -> dict[str, Any]:
    """The input of an update; an empty description is none. Raises the 400 over one that changes nothing."""
    value = call.body.fields.get("description")
    if value is None:
        raise Refusal(400, *call.body.problems, NOTHING_TO_SET)
    return {"description": None if value == "" else _text(value)}


def _text(value: Any) -> Any:
    """A value that upstream takes for a text: also a number. Raises the 400 for others."""
    if type(value) in _KINDS:
        raise Refusal(400, f"cannot use {_KINDS[type(value)]} as String")
    return value


def _mutate(call: Call, operation: str, field: str, **given: Any) -> Row:
    """What a mutation of lists answers; a name that is taken is refused in the words of 2024."""
    try:
        written: Row = call.mutate(operation, field, **given)
    except Refusal as refusal:
        taken = any(error["reason"].rstrip(".").lower() == TAKEN.rstrip(".").lower() for error in refusal.errors)
        raise Refusal(400, reason(TAKEN)) if taken else refusal from None
    return written


def _told(row: Row) -> Row:
    """A list with the time of what was last done on it: in 2024 a mail changed `updated`, in 2026 another field."""
    return {**row, "updated": max(row["updated"], row.get("last_activity") or "")}


def _answer(written: Row, owner: Row, status: int = 200) -> Response:
    return json.answer(_written.dump({**written, "owner": owner}), status)
