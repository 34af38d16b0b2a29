"""`search` of posts, which GraphQL has not: all mails of a list that is short enough are looked at (lists 2.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from shim.rest.errors import Refusal
from shim.rest.page import cut
from shim.services.call import Call
from shim.services.flag import flagged
from shim.services.lists.access import gate, list_in
from shim.services.lists.asking.paging import MOST_KEYS, gap_between, repaired_keys
from shim.services.lists.asking.several import in_parts, one_by_one
from shim.services.lists.mails.mails import fetched, short, with_senders
from shim.services.lists.mails.sent import with_series
from shim.services.lists.mails.series import Series
from shim.services.lists.mails.threading import Thread, Threads
from shim.services.lists.resources import ShortMail
from shim.services.lists.search.terms import Query, test_of
from shim.upstream import Result

MOST_SEARCHED = MOST_KEYS
MOST_SINGLE = 8
TOO_LARGE = "search is not available for lists this large"
_mail = ShortMail()
Row = Mapping[str, Any]


def answer(call: Call, l: str, query: Query, start: int | None) -> Response:  # noqa: E741
    """The page of what a search finds. Raises the 501 for a list with more mails than are looked at."""
    reading = _Reading(call, l, query)
    mails = reading.read()
    addresses = _addresses(call, query)
    known = {mail["id"]: mail for mail in mails}
    tops = _tops(known)
    answered = {tops[mail["id"]] for mail in mails if mail["parent"] is not None}
    tests = [test_of(term, query.headers, addresses, answered) for term in query.terms]
    found = cut([mail for mail in mails if all(test(mail) for test in tests)], start)
    shown = found.results if reading.senders else with_senders(call, found.results)
    places, complete = _places(call, {mail["id"]: tops[mail["id"]] for mail in shown}, known, reading.of_list)
    series = Series(call)
    rows = [short(mail, places[mail["id"]], reading.of_list, series) for mail in with_series(call, shown, series)]
    page = type(found)(rows, found.next, found.total)
    return flagged(call.page(_mail, page), complete=complete and series.complete and reading.complete)


class _Reading:
    """Reads all mails of a list with what is searched for; `senders` says whether those are told."""

    def __init__(self, call: Call, l: str, query: Query) -> None:  # noqa: E741
        self._call = call
        self._count = {"header0": len(query.headers)}
        self._headers: dict[str, Any] = {f"header{i}": name for i, name in enumerate(query.headers)}
        self._asked = {"l": l, **gate(call), **self._headers}
        self.of_list: Row = {}
        self.senders = self.complete = True

    def read(self) -> list[Row]:
        """The mails. Raises the 501 for more of them than are looked at."""
        mails: dict[int, Row] = {}
        gaps: list[range] = []
        cursor = self._call.sealed(MOST_SEARCHED)
        for _ in range(1 if cursor else self._call.backend.instance.page_budget // 2):
            page = self._page(cursor)
            new = {mail["id"]: mail for mail in page["results"] if mail["id"] not in mails}
            gaps += gap_between(mails, new)
            mails |= new
            cursor = page["cursor"]
            if cursor is None or not new:
                break
        if cursor is not None:
            raise Refusal(501, TOO_LARGE)
        return [*mails.values(), *self._lost(gaps, mails)]

    def _page(self, cursor: str | None) -> Row:
        def ask(senders: bool) -> Result:
            rows = self._call.most(MOST_SEARCHED)
            return self._call.fetch("Searched", self._count, rows=rows, cursor=cursor, senders=senders, **self._asked)

        result, told = fetched(self._call, ask) if self.senders else (ask(False), False)
        self.senders &= told
        self.of_list = list_in(self._call, result)
        page: Row = self._call.intact(result, "owner", "rows", "emails")
        return page

    def _lost(self, gaps: Sequence[range], known: Mapping[int, Row]) -> list[Row]:
        """The mails that the server's own cursors have lost between pages."""
        keys, self.complete = repaired_keys(self._keys_of, gaps, known)
        found: list[Row] = []
        for some in in_parts([key["id"] for key in keys], MOST_SINGLE):
            found += self._headed(one_by_one(self._call, "SearchedById", "mail", some))
        return with_senders(self._call, found) if found else []

    def _headed(self, mails: list[Row]) -> list[Row]:
        """Mails with the headers that are looked into."""
        ids = [mail["id"] for mail in mails]
        for place, name in self._headers.items():
            told = one_by_one(self._call, "HeadersById", "mail", ids, want=name)
            headers = {mail["id"]: mail["header"] for mail in told}
            mails = [{**mail, place: headers.get(mail["id"], [])} for mail in mails]
        return mails

    def _keys_of(self, ids: Sequence[int]) -> list[Row]:
        keys = one_by_one(self._call, "MailKeys", "mail", ids)
        return [key for key in keys if key["list"]["id"] == self.of_list["id"]]


def _addresses(call: Call, query: Query) -> dict[str, str]:
    """The addresses of the users that are named, by name."""
    if not query.people:
        return {}
    values: dict[str, Any] = {f"o{i}": name for i, name in enumerate(query.people)}
    result = call.fetch("Addresses", dict.fromkeys(("person0", "o0"), len(values)), **values)
    told = (result.get(f"person{i}") for i in range(len(values)))
    return {person["name"]: person["email"] for person in told if person is not None}


def _places(
    call: Call, tops: Mapping[int, int], mails: Mapping[int, Row], of_list: Row
) -> tuple[dict[int, Thread], bool]:
    """The threads of mails, by the topmost ones above them in their list."""
    threads = Threads(call)
    doubtful = [{"id": i, "list": of_list} for i in sorted(set(tops.values())) if _answers(mails.get(i))]
    known = threads.of_parentless(doubtful)
    return {
        i: known[top] if i == top and top in known else Thread(known[top].root if top in known else top)
        for i, top in tops.items()
    }, threads.complete


def _answers(mail: Row | None) -> bool:
    return mail is not None and bool(mail["answers"])


def _tops(mails: Mapping[int, Row]) -> dict[int, int]:
    """The ids of the topmost mails above all of these, or of themselves, each looked up once however long its way."""
    tops: dict[int, int] = {}
    for row_id in mails:
        here, way = row_id, dict[int, None]()
        while here not in tops and here not in way:
            way[here] = None
            above = mails[here]["parent"] if here in mails else None
            here = here if above is None else above["id"]
        tops |= dict.fromkeys(way, tops.get(here, here))
    return tops
