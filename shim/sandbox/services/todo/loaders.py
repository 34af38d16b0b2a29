"""Loading of trackers, tickets and labels: what the caller may see, each but once a request.

The real server batches such lookups and keeps what it got: an object that was loaded before a change shows
its old state to the end of the request (todo dossier, 4.7). What no lookup can be made with kills it.
The functions return rows, or None for what the caller may not see; what kind of row, their names say.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from shim.sandbox.engine.lookup import integer, text
from shim.sandbox.instance.call import Call


def tracker(call: Call, tracker_id: int) -> Any:
    """The tracker of that id, with the caller's access entry."""

    def read() -> Any:
        row = call.store.trackers.get(integer(tracker_id))
        return row.seen(call) if row and row.visible(call, call.user) else None

    return _once(call, read, "tracker", tracker_id)


def tracker_named(call: Call, owner: Any, name: str) -> Any:
    """The tracker of that name. The access entry is not loaded, only what it allows."""

    def read() -> Any:
        row = call.store.trackers.first(
            lambda row: row.owner is owner and row.name == text(name) and row.visible(call, call.user)
        )
        return row.seen(call, with_entry=False) if row else None

    return _once(call, read, "tracker", owner.id, name)


def ticket(call: Call, row_id: int | None) -> Any:
    """The ticket of that row."""
    return _once(call, lambda: _visible(call, row_id and call.store.tickets.get(row_id)), "ticket", row_id)


def ticket_numbered(call: Call, tracker_id: int, number: int) -> Any:
    """The ticket of that number."""
    place = (integer(tracker_id), integer(number))

    def read() -> Any:
        return _visible(call, call.store.tickets.first(lambda row: (row.tracker_id, row.id) == place))

    return _once(call, read, "ticket", *place)


def label(call: Call, label_id: int) -> Any:
    """The label of that id."""
    return _once(call, lambda: _visible(call, call.store.labels.get(integer(label_id))), "label", label_id)


def user(call: Call, user_id: int) -> Any:
    """The user of that id."""
    return call.store.users.get(integer(user_id))


def _visible(call: Call, row: Any) -> Any:
    """A copy of a row, if there is one and the caller sees its tracker."""
    tracker = call.store.trackers.get(row.tracker_id) if row else None
    return copy(row) if tracker and tracker.visible(call, call.user) else None


def _once(call: Call, read: Callable[[], Any], *key: object) -> Any:
    if key not in call.loaded:
        call.loaded[key] = read()
    return call.loaded[key]
