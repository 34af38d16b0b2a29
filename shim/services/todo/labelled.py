"""A page of tickets with their labels, which cost the API a transaction for each ticket (upstream-safety 3.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from shim.rest.page import Page
from shim.services.call import Call
from shim.services.todo.access import tracker_in

MOST_TICKETS = 2000
Row = Mapping[str, Any]
Labels = Mapping[int, Sequence[Row]]


def page_of(call: Call, t: str) -> Page:
    """The page that is asked for of a tracker's tickets, each with its tracker and its labels."""
    if not call.backend.pager.seals:
        return call.window("tickets", "Tickets", lambda **asked: _asked(call, "Tickets", t, **asked)[0], t)
    labels = 0

    def ask(**asked: Any) -> tuple[Row | None, Row | None]:
        nonlocal labels
        found, tracker = _asked(call, "BareTickets", t, **asked)
        labels = len(tracker["names"]["results"]) if asked["counted"] else labels
        return found

    page = call.window("tickets", "BareTickets", ask, t)
    known = _labels(call, t, page, labels) if labels and page.results else {}
    return Page([{**row, "labels": known.get(row["id"], ())} for row in page.results], page.next, page.total)


def _asked(call: Call, operation: str, t: str, *, size: int, **asked: Any) -> tuple[tuple[Row | None, Row | None], Row]:
    """What an operation answers of the tickets, and the tracker that they are in."""
    tracker = tracker_in(call, call.fetch(operation, t=t, rows=size, listed=bool(size), **asked))
    page = tracker.get("rows")
    rows = page and {**page, "results": [{**ticket, "tracker": tracker} for ticket in page["results"]]}
    return (rows, tracker.get("keys")), tracker


def _labels(call: Call, t: str, page: Page, labels: int) -> Labels:
    """The labels of the tickets on a page, by number, asked for by label where these are fewer than the tickets."""
    found = None
    if labels < len(page.results) and page.total <= MOST_TICKETS:
        found = _by_label(call, t, labels)
    return _by_ticket(call, t, page) if found is None else found


def _by_label(call: Call, t: str, labels: int) -> Labels | None:
    """The labels of all tickets of a tracker that has so many of them; None if anything may be missing."""
    result = call.fetch(
        "TicketsOfLabels", t=t, rows=labels, cursor=call.sealed(labels), tickets=call.sealed(2 * MOST_TICKETS)
    )
    tracker = result.get("owner", "tracker")
    if result.errors or tracker is None:
        return None
    rows = tracker["labels"]["results"]
    if any(page["cursor"] is not None for page in (tracker["labels"], *(label["tickets"] for label in rows))):
        return None
    found: dict[int, list[Row]] = defaultdict(list)
    for label in rows:
        for ticket in label["tickets"]["results"]:
            if ticket["tracker"]["id"] == tracker["id"]:
                found[ticket["id"]].append(label)
    return found


def _by_ticket(call: Call, t: str, page: Page) -> Labels:
    """The labels of the tickets on a page, asked for ticket by ticket."""
    size = len(page.results)
    cursor = call.sealed(size, str(page.results[0]["id"]))
    result = call.fetch("LabelsOfTickets", t=t, rows=size, cursor=cursor)
    return {row["id"]: row["labels"] for row in call.intact(result, "owner", "tracker", "tickets")["results"]}
