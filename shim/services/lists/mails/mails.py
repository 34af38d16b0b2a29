"""Mails out of answers, with what old clients saw of them and GraphQL does not tell outright (lists 3.4, 4.4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from werkzeug.exceptions import NotFound

from shim.services.call import Call
from shim.services.lists.asking.several import in_parts, one_by_one
from shim.services.lists.mails.series import Series, patches_cursor
from shim.services.lists.mails.threading import Thread
from shim.services.lists.resources import name_of
from shim.upstream import FieldError, Result

MOST_SENDERS = 35
MOST_SINGLE, MOST_WHOLE = 6, 4
"""How many mails are asked for by their ids at once: each costs 33 of the 200 fields that a request may have, or 44."""
MOST_REQUESTS = 4
_DIFF = re.compile(r"^diff --git |^--- \S.*\r?\n\+\+\+ \S.*\r?\n@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@", re.M)
_FOR_SENDERS = 1
_SENDER, _LIST = "sender", "list"
Row = Mapping[str, Any]


def short(mail: Row, thread: Thread, of_list: Row, series: Series) -> dict[str, Any]:
    """A mail as ShortMail dumps it."""
    return {
        **mail,
        "list": of_list,
        "message_id": name_of(mail),
        "parent_id": mail["parent"] and mail["parent"]["id"],
        "thread_id": None if thread.root == mail["id"] else thread.root,
        "patchset": mail["patchset"] and series.told(mail["patchset"]),
        "sender": mail.get("sender"),
    }


def whole(mail: Row, thread: Thread, of_list: Row, series: Series, envelope: str) -> dict[str, Any]:
    """A mail as Mail dumps it. Only roots were counted for; what is not known of one is nothing (lists G10)."""
    is_root = thread.root == mail["id"]
    return {
        **short(mail, thread, of_list, series),
        "is_patch": is_patch(mail),
        "replies": (thread.replies or 0) if is_root else 0,
        "participants": (thread.participants or 0) if is_root else 1,
        "envelope": envelope,
    }


def is_patch(mail: Row) -> bool:
    """Whether a mail is a patch: it has a number in its series, or its body holds a diff (lists G11)."""
    return (mail["patch"]["index"] or 0) >= 1 or _DIFF.search(mail["body"]) is not None


def fetched(call: Call, ask: Callable[[bool], Result]) -> tuple[Result, bool]:
    """What `ask` answers with senders, or where one of them can't be told without, and whether it has them."""
    result = ask(True)
    if any(_is_about(error, _SENDER) for error in result.errors):
        return ask(False), False
    return result, True


def with_senders(call: Call, mails: Sequence[Row]) -> list[Row]:
    """Mails that were read without senders, with those of them that can be told."""
    found: dict[int, Any] = {}
    for some in in_parts(sorted(mail["id"] for mail in mails), MOST_SENDERS):
        found |= {told["id"]: told["sender"] for told in one_by_one(call, "Senders", "mail", some)}
    return [{**mail, "sender": found.get(mail["id"])} for mail in mails]


def by_id(call: Call, ids: Sequence[int], *, texts: bool = False) -> list[Row]:
    """Single mails, of those that there are to see, as many as fit into a few requests."""
    operation, most = ("WholeMailsById", MOST_WHOLE) if texts else ("MailsById", MOST_SINGLE)
    found: list[Row] = []
    for some in list(in_parts(ids, most))[: max(0, min(MOST_REQUESTS, call.left - _FOR_SENDERS))]:
        found += one_by_one(call, operation, "mail", some, **patches_cursor(call))
    return with_senders(call, found) if found else []


def visible(call: Call, result: Result, *path: str) -> Any:
    """A part of an answer. Raises 404 also where it is null because its list is hidden from the caller."""
    if any(_is_about(error, _LIST) for error in result.touching(*path)):
        raise NotFound
    return call.intact(result, *path)


def _is_about(error: FieldError, field: str) -> bool:
    return error.path[-1:] == (field,)
