"""What a user has sent, to which upstream gives neither an order nor more than a first page (lists G4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shim.rest.page import SIZE, Page
from shim.services.call import Call
from shim.services.lists.asking.instants import instant
from shim.services.lists.asking.paging import MOST_KEYS
from shim.services.lists.asking.several import in_parts, one_by_one
from shim.services.lists.mails.mails import fetched, short, with_senders
from shim.services.lists.mails.series import Series, patches_cursor
from shim.services.lists.mails.threading import Threads
from shim.upstream import Result

MOST_SENT = MOST_KEYS
MOST_LISTS = 15
MOST_LOOKS = 2
MOST_PLACES = 49
MOST_SERIES = 14
_LISTS = "list"
Row = Mapping[str, Any]


def page(call: Call, start: int | None) -> tuple[Page, bool]:
    """The page that begins at `start`, and whether nothing can be missing."""
    mails, complete, has_senders = _everything(call)
    ordered = sorted(mails, key=lambda mail: (instant(mail["created"]), mail["id"]), reverse=True)
    rest = [mail for mail in ordered if start is None or mail["id"] <= start]
    following = rest[SIZE]["id"] if len(rest) > SIZE else None
    shown = rest[:SIZE] if has_senders else with_senders(call, rest[:SIZE])
    threads, series = Threads(call), Series(call)
    told = _told(call, shown, threads, series)
    return Page(told, following, len(mails) + (not complete)), complete and threads.complete and series.complete


def _told(call: Call, shown: Sequence[Row], threads: Threads, series: Series) -> list[dict[str, Any]]:
    places = threads.of(shown)
    mails = with_series(call, shown, series)
    return [short(mail, places[mail["id"]], mail["list"], series) for mail in mails]


def with_series(call: Call, mails: Sequence[Row], series: Series, spared: int = 0) -> list[Row]:
    """Mails with the patches of their patchsets, each of which costs the API a transaction; of as many as may be asked.

    The others have none, and the series are not complete. So many calls are `spared` for what follows.
    """
    ids = {mail["patchset"]["id"] for mail in mails if mail["patchset"] and "patches" not in mail["patchset"]}
    found: dict[int, Row] = {}
    for some in list(in_parts(sorted(ids), MOST_SERIES))[: max(0, call.left - spared)]:
        rows = one_by_one(call, "SeriesById", "patchset", some, **patches_cursor(call))
        found |= {row["id"]: row for row in rows}
    series.complete &= ids <= found.keys()
    return [_completed(mail, found, mail["patchset"]["id"] in ids) if mail["patchset"] else mail for mail in mails]


def _completed(mail: Row, found: Mapping[int, Row], is_asked: bool) -> Row:
    """A mail with what was found of its patchset, if that was asked for."""
    if not is_asked:
        return mail
    more = found.get(mail["patchset"]["id"])
    return {**mail, "patchset": more and {**mail["patchset"], **more}}


def _everything(call: Call) -> tuple[list[Row], bool, bool]:
    """All mails there are, those hidden left out; whether there are no more; and whether their senders are told."""
    asked: dict[str, Any] = {"cursor": call.sealed(MOST_SENT), "rows": call.most(MOST_SENT)}
    result, has_senders = fetched(call, lambda senders: call.fetch("SentMails", senders=senders, lists=True, **asked))
    failures = result.touching("owner", "emails")
    hidden = {error.path[3] for error in failures if error.path[-1:] == (_LISTS,) and len(error.path) > 3}
    if hidden:
        return _visible(call, asked, hidden, has_senders)
    found = call.intact(result, "owner", "emails")
    mails = [mail for mail in found["results"] if _is_told(result, mail["list"])]
    return mails, found["cursor"] is None, has_senders


def _visible(call: Call, asked: Mapping[str, Any], hidden: set[Any], senders: bool) -> tuple[list[Row], bool, bool]:
    """The mails whose lists can be told, where one that can't nulls all of them."""
    result = call.fetch("SentMails", senders=senders, lists=False, **asked)
    found = call.intact(result, "owner", "emails")
    candidates = [mail for i, mail in enumerate(found["results"]) if i not in hidden]
    lists = _lists_of(call, candidates)
    mails: list[Row] = [{**mail, "list": lists[mail["id"]]} for mail in candidates if mail["id"] in lists]
    told = [mail for mail in mails if _is_told(result, mail["list"])]
    return told, found["cursor"] is None and len(mails) == len(candidates), senders


def _lists_of(call: Call, mails: Sequence[Row]) -> dict[int, Row]:
    """The lists of mails, as far as a few requests tell: first which they are, then each by one of its mails."""
    places: dict[int, int] = {}
    for some in list(in_parts([mail["id"] for mail in mails], MOST_PLACES))[:MOST_LOOKS]:
        places |= {mail["id"]: mail["list"]["id"] for mail in one_by_one(call, "PlacesOfMails", "mail", some)}
    ones = list({place: mail for mail, place in places.items()}.values())[:MOST_LISTS]
    lists = (
        {mail["list"]["id"]: mail["list"] for mail in one_by_one(call, "ListsOfMails", "mail", ones)} if ones else {}
    )
    return {mail: lists[place] for mail, place in places.items() if place in lists}


def _is_told(result: Result, of_list: Row) -> bool:
    """Whether a mail on a list was told of: to others only where everybody has some right there."""
    mine = result.get("me", "name") == result.get("owner", "name")
    return bool(mine or any(of_list["defaultACL"].values()))
