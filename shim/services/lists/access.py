"""Who may see and change what: lists out of answers, or the old refusal (lists 4.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.exceptions import NotFound, Unauthorized

from shim.services.call import Call
from shim.upstream import LARGEST_INT, Result

Row = Mapping[str, Any]


def gate(call: Call) -> dict[str, Any]:
    """The variable that says whether the caller's token may ask for access rights."""
    return {"acls": not call.caller.lacks(f"{call.backend.config.section}/ACLS:RO")}


def list_in(call: Call, result: Result) -> Row:
    """The list in an answer, which the caller may browse. Raises 404 for others."""
    found = any_list_in(call, result)
    if not may_browse(result, found):
        raise NotFound
    return found


def any_list_in(call: Call, result: Result) -> Row:
    """The list in an answer, whether or not the caller may browse it. Raises 404 where there is none to see."""
    found: Row = call.require(result, "owner", "list")
    return found


def own_list_in(call: Call, result: Result) -> Row:
    """The list in an answer, which is the caller's. Raises 401 for those of others."""
    found = any_list_in(call, result)
    if not is_owners(result):
        raise Unauthorized
    return found


def may_browse(result: Result, found: Row) -> bool:
    """Whether the caller may read a list: as its owner, by the own access, or as anybody may."""
    return is_owners(result) or bool(found.get("access", found["default"])["browse"])


def may_read(result: Result, of_list: Row) -> bool:
    """Whether the caller may read the mails of a list: an own access stands in place of everybody's (lists 4.4)."""
    is_own = result.get("me", "name") == of_list["owner"].get("name")
    return is_own or bool(of_list.get("access", of_list["default"])["browse"])


def is_owners(result: Result) -> bool:
    """Whether what was asked for is the caller's own."""
    return bool(result.get("me", "name") == result.get("owner", "name"))


def within(number: int) -> int:
    """An id. Raises 404 for those that no column holds, which would kill the API's process (era-2026 G2)."""
    if not 0 <= number <= LARGEST_INT:
        raise NotFound
    return number


def numbered(text: str) -> int:
    """The id that a path's text is for Python. Raises 404 for other texts, over which the old code crashed."""
    try:
        return within(int(text))
    except ValueError:
        raise NotFound from None
