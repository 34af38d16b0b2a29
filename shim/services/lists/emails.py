"""/api/.../emails and /api/.../thread: mails (lists rows 11 to 16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound

from shim.rest import json
from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.services.call import Call
from shim.services.flag import flagged
from shim.services.lists.access import gate, may_read
from shim.services.lists.asking.milestones import ask
from shim.services.lists.asking.paging import start_of
from shim.services.lists.mails import envelopes, sent
from shim.services.lists.mails.mails import fetched, visible, whole
from shim.services.lists.mails.names import id_of
from shim.services.lists.mails.series import Series, patches_cursor
from shim.services.lists.mails.threading import Thread, Threads
from shim.services.lists.mails.threads import conversation
from shim.services.lists.resources import Mail, ShortMail

emails = Endpoints()
_short, _mail = ShortMail(), Mail()
_NAMING = ("Named", "KnownLists", "NamedOn")
_ONE = ("Mail", "Senders", "Ancestors", "Roots", "ThreadsOfMails")
_EXAMPLE = {"e": "4021"}
Row = Mapping[str, Any]


@emails.get(
    "/api/emails",
    "/api/user/<u>/emails",
    scope="emails:read",
    operation=(
        "SentMails",
        "PlacesOfMails",
        "ListsOfMails",
        "Senders",
        "Ancestors",
        "Roots",
        "ThreadsOfMails",
        "SeriesById",
    ),
    resource=paged(ShortMail),
)
def index(call: Call) -> Response:
    """What somebody has sent, the newest first; of mails that may be missing a header tells (lists G4)."""
    page, complete = sent.page(call, start_of(call))
    return flagged(call.page(_short, page), complete=complete)


@emails.get(
    "/api/emails/<e>",
    "/api/user/<anybody>/emails/<e>",
    scope="emails:read",
    operation=(*_ONE, *_NAMING),
    resource=Mail,
    examples=_EXAMPLE,
)
def show(call: Call, e: str, anybody: str = "") -> Response:
    """One mail by its id or Message-ID; whose it is was never looked at (lists Q31)."""
    mail, threads = _read(call, e)
    thread = threads.of([mail], counted=True)[mail["id"]]
    series = Series(call)
    told = whole(mail, thread, mail["list"], series, envelopes.single(call, mail["rawUrl"]))
    return flagged(json.answer(_mail.dump(told)), complete=series.complete and threads.complete)


@emails.get(
    "/api/thread/<e>",
    "/api/user/<anybody>/thread/<e>",
    scope="emails:read",
    operation=(*_ONE, "Thread", "WholeMailsById", "SeriesById", *_NAMING),
    resource=Mail(many=True),
    examples=_EXAMPLE,
)
def thread(call: Call, e: str, anybody: str = "") -> Response:
    """A thread by its topmost mail, that one first and those below it in the order of their arrival."""
    mail, threads = _read(call, e)
    if mail["parent"] is not None:
        raise NotFound
    place = threads.of([mail], counted=True)[mail["id"]]
    rows, url, complete = conversation(call, mail, place)
    series = Series(call)
    texts = envelopes.of_all(call, rows, url)
    rows = sent.with_series(call, rows, series)
    below = Thread(place.root)
    told = [
        whole(row, place if row["id"] == mail["id"] else below, mail["list"], series, texts[row["id"]])
        for row in rows
        if row["id"] in texts
    ]
    complete &= series.complete and threads.complete and len(told) == len(rows)
    return flagged(json.answer([_mail.dump(row) for row in told]), complete=complete)


def _read(call: Call, text: str) -> tuple[Row, Threads]:
    """A mail that a path names. Raises 404 where there is none for the caller."""
    row_id = id_of(call, text)
    if row_id is None:
        raise NotFound
    result, has_senders = fetched(
        call, lambda senders: ask(call, "raw", "Mail", id=row_id, senders=senders, **gate(call), **patches_cursor(call))
    )
    mail: Row = visible(call, result, "mail")
    if not may_read(result, mail["list"]):
        raise NotFound
    return mail if has_senders else {**mail, "sender": None}, Threads(call)
