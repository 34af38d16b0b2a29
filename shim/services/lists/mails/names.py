"""Mails by their Message-IDs, which upstream of each era knows in its own way (lists G5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shim.services.call import Call
from shim.services.lists.asking.milestones import milestones
from shim.services.lists.asking.paging import MOST_KEYS
from shim.services.lists.asking.several import check, in_parts
from shim.services.lists.mails.envelopes import bare
from shim.upstream import LARGEST_INT

MOST_PLACES = 45
"""How many lists are looked at in one request."""
MOST_NAMED = 45
Row = Mapping[str, Any]


def id_of(call: Call, text: str) -> int | None:
    """The id of the mail that a path names, by its number or by its Message-ID; None where there can't be one."""
    try:
        number = int(text)
    except ValueError:
        return _named(call, text)
    return number if 0 <= number <= LARGEST_INT else None


def _named(call: Call, name: str) -> int | None:
    """The id of a mail by its Message-ID as it is stored, which is in brackets but for malformed ones."""
    if "\0" in name:
        return None
    if milestones(call).names == "2024":
        return next(iter(_by_spellings(call, [name])), None)
    return next(iter(_on(call, _known_lists(call), name)), None)


def ids_here(call: Call, of_list: Row, names: Sequence[str]) -> list[int]:
    """The ids of mails on one list by their Message-IDs without brackets."""
    found: list[int] = []
    for some in in_parts(names, MOST_NAMED):
        stored = [f"<{name}>" for name in some]
        if milestones(call).names == "2024":
            found += _by_spellings(call, stored)
            continue
        values: dict[str, Any] = {f"m{i}": name for i, name in enumerate(stored)}
        place = {"o": of_list["owner"]["name"], "l": of_list["name"]}
        counts = dict.fromkeys(("name0", "m0"), len(some))
        result = call.fetch("NamedHere", counts, form="2026", **place, **values)
        check(call, result)
        told = (result.get("of", "list", f"name{i}") for i in range(len(some)))
        found += [mail["id"] for mail in told if mail is not None]
    return found


def _by_spellings(call: Call, names: Sequence[str]) -> list[int]:
    """The ids of mails by their names as they are stored."""
    values: dict[str, Any] = {}
    for i, name in enumerate(names):
        values |= {f"m{i}": name, f"b{i}": bare(name)}
    counts = dict.fromkeys(("stored0", "bare0", "m0", "b0"), len(names))
    result = call.fetch("Named", counts, form="2024", **values)
    check(call, result)
    told = (result.get(f"bare{i}") or result.get(f"stored{i}") for i in range(len(names)))
    return [mail["id"] for mail in told if mail is not None]


def _on(call: Call, places: Iterable[Row], name: str) -> Iterable[int]:
    """The ids of mails of a name on some lists."""
    known = {(place["owner"]["name"], place["name"]) for place in places}
    for some in in_parts(sorted(known), MOST_PLACES):
        values: dict[str, Any] = {f"o{i}": owner for i, (owner, _) in enumerate(some)}
        values |= {f"l{i}": of_list for i, (_, of_list) in enumerate(some)}
        counts = dict.fromkeys(("place0", "o0", "l0"), len(some))
        result = call.fetch("NamedOn", counts, form="2026", message=name, **values)
        check(call, result)
        for i in range(len(some)):
            found = result.get(f"place{i}", "list", "message")
            if found is not None:
                yield found["id"]


def _known_lists(call: Call) -> list[Row]:
    """The lists that a caller owns or has subscribed to."""
    result = call.fetch("KnownLists", cursor=call.sealed(MOST_KEYS))
    subscribed = (row.get("list") for row in (result.get("subscriptions", "results") or ()))
    own: Sequence[Row] = result.get("me", "lists", "results") or ()
    return [*own, *(of_list for of_list in subscribed if of_list is not None)]
