"""/api/.../lists/<l>/posts: what was posted to a list (lists rows 24 and 25)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.rest.page import Page
from shim.services.call import Call
from shim.services.flag import flagged
from shim.services.lists.access import gate, list_in
from shim.services.lists.asking.paging import MOST_KEYS, page_of, start_of
from shim.services.lists.asking.several import one_by_one
from shim.services.lists.mails.mails import by_id, fetched, short, with_senders
from shim.services.lists.mails.sent import with_series
from shim.services.lists.mails.series import Series, patches_cursor
from shim.services.lists.mails.threading import Thread, Threads
from shim.services.lists.resources import ShortMail
from shim.services.lists.search import search
from shim.services.lists.search.terms import Query
from shim.services.service import BATCH
from shim.upstream import FieldError, Kind, Result

posts = Endpoints()
_mail = ShortMail()
_THREADS = ("owner", "rows", "threads")
_SPARED = 2
"""How many calls are left to the senders of mails, where not all of them can be told."""
Row = Mapping[str, Any]


@posts.get(
    "/api/lists/<l>/posts",
    "/api/user/<u>/lists/<l>/posts",
    scope="lists:read",
    operation=(
        "Posts",
        "Mails",
        "MailKeys",
        "MailsById",
        "Senders",
        "Searched",
        "Roots",
        "Ancestors",
        "ThreadsOfMails",
        "SeriesById",
    ),
    resource=paged(ShortMail),
)
def index(call: Call, l: str) -> Response:  # noqa: E741
    """Mails that answer no other, by descending id; with `search` all mails that it finds (lists Q8)."""
    start = start_of(call)
    if text := call.request.args.get("search"):
        return search.answer(call, l, Query.read(text), start)
    threads, series = Threads(call), Series(call)
    source = Posts(call, l, series)
    page, complete = page_of(call, source, start)
    places = source.places(page.results, threads)
    rows = [short(mail, places[mail["id"]], source.found, series) for mail in page.results]
    complete &= threads.complete and series.complete
    return flagged(call.page(_mail, Page(rows, page.next, page.total)), complete=complete)


class Posts:
    """The mails of a list that answer no other; `found` is the list, once it was asked for."""

    def __init__(self, call: Call, l: str, series: Series) -> None:  # noqa: E741
        self._call, self._series = call, series
        self._asked = {"l": l, **gate(call), **patches_cursor(call)}
        self._roots: set[int] = set()
        self.found: Row = {}

    def ask(
        self, *, size: int, cursor: str | None, counter: str | None, counted: bool
    ) -> tuple[Row | None, Row | None]:
        """Mails from a cursor on, and the keys of all mails, as `paging` wants them."""
        if not counted and not self._call.backend.pager.seals:
            return self._mails(size, cursor), None
        asked = {**self._asked, "cursor": cursor, "counter": counter, "listed": bool(size), "counted": counted}
        weighed = size + (self._call.most(MOST_KEYS) // BATCH if counted else 0)
        result, has_senders = fetched(
            self._call, lambda senders: self._call.fetch("Posts", rows=weighed, senders=senders, **asked)
        )
        self.found = list_in(self._call, result)
        keys = self._call.intact(result, "owner", "keys", "emails") if counted else None
        return self._threads(result, size, cursor, has_senders), keys

    def looked_up(self, ids: Sequence[int]) -> list[Row]:
        """Single mails of the list."""
        return [mail for mail in by_id(self._call, ids) if mail["list"]["id"] == self.found["id"]]

    def keys_of(self, ids: Sequence[int]) -> list[Row]:
        """The keys of single mails of the list."""
        keys = one_by_one(self._call, "MailKeys", "mail", ids)
        return [key for key in keys if key["list"]["id"] == self.found["id"]]

    def is_wanted(self, key: Row) -> bool:
        """Whether a mail answers no other."""
        return key["parent"] is None

    def places(self, mails: Sequence[Row], threads: Threads) -> dict[int, Thread]:
        """The threads of mails: their own, but for those whose parent is gone, which no thread begins with."""
        others = [{"id": mail["id"], "list": self.found} for mail in mails if mail["id"] not in self._roots]
        return {**{mail["id"]: Thread(mail["id"]) for mail in mails}, **threads.of_parentless(others)}

    def _threads(self, result: Result, size: int, cursor: str | None, senders: bool) -> Row | None:
        """The roots of threads; where one of them can't be read, and all fail for it, as many mails."""
        if not size:
            return None
        if any(_is_about_a_root(error) for error in result.touching(*_THREADS)):
            return self._mails(size, cursor)
        page = self._call.intact(result, *_THREADS)
        roots = [thread["root"] for thread in page["results"]]
        self._roots |= {root["id"] for root in roots}
        return {"results": roots if senders else with_senders(self._call, roots), "cursor": page["cursor"]}

    def _mails(self, size: int, cursor: str | None) -> Row:
        whole = not self._call.backend.pager.seals
        asked = {**self._asked, "cursor": cursor, "series": whole, "rows": size if whole else 1}
        result, has_senders = fetched(self._call, lambda senders: self._call.fetch("Mails", senders=senders, **asked))
        self.found = list_in(self._call, result)
        page = self._call.intact(result, "owner", "rows", "emails")
        roots = [mail for mail in page["results"] if mail["parent"] is None]
        mails = with_series(self._call, roots, self._series, spared=_SPARED)
        return {"results": mails if has_senders else with_senders(self._call, mails), "cursor": page["cursor"]}


def _is_about_a_root(error: FieldError) -> bool:
    """Whether the threads failed as they do over a mail that can't be read; senders fail below them."""
    return error.kind is Kind.FAULT and error.path[-1:] in (("threads",), ("root",))
