"""Loading of trackers, tickets and labels: what the caller may see, each but once a request.

The real server batches such lookups and keeps what it got: an object that was loaded before a change shows
its old state to the end of the request (todo dossier, 4.7). What no lookup can be made with kills it.

The functions return rows, or None for what the caller may not see; what kind of row, their names say.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import copy
from typing import TYPE_CHECKING, Any

from shim.sandbox.engine.errors import MAX_INTEGER, DiedError

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call


def tracker(call: Call, tracker_id: int) -> Any:
    """The tracker of that id, with the caller's access entry."""

    def read() -> Any:
        row = call.store.trackers.get(_integer(tracker_id))
        return row.seen(call) if row and row.visible(call, call.user) else None

    return _once(call, ("tracker", tracker_id), read)


def tracker_named(call: Call, owner: Any, name: str) -> Any:
    """The tracker of that name. The access entry is not loaded, only what it allows."""

    def read() -> Any:
        row = call.store.trackers.first(
            lambda row: row.owner is owner and row.name == text(name) and row.visible(call, call.user)
        )
        return row.seen(call, with_entry=False) if row else None

    return _once(call, ("tracker", owner.id, name), read)


def ticket(call: Call, row_id: int | None) -> Any:
    """The ticket of that row."""

    def read() -> Any:
        row = call.store.tickets.get(row_id) if row_id else None
        return copy(row) if row and _visible(call, row.tracker_id) else None

    return _once(call, ("ticket", row_id), read)


def ticket_numbered(call: Call, tracker_id: int, number: int) -> Any:
    """The ticket of that number."""
    place = (_integer(tracker_id), _integer(number))

    def read() -> Any:
        row = call.store.tickets.first(lambda row: (row.tracker_id, row.id) == place)
        return copy(row) if row and _visible(call, row.tracker_id) else None

    return _once(call, ("ticket", *place), read)


def label(call: Call, label_id: int) -> Any:
    """The label of that id."""

    def read() -> Any:
        row = call.store.labels.get(_integer(label_id))
        return copy(row) if row and _visible(call, row.tracker_id) else None

    return _once(call, ("label", label_id), read)


def user(call: Call, user_id: int) -> Any:
    """The user of that id."""
    return call.store.users.get(_integer(user_id))


def text(value: str) -> str:
    """`value`, if names can be looked up with it. Raises DiedError."""
    if "\0" in value:
        raise DiedError(f"a lookup of {value!r}")
    return value


def _integer(value: int) -> int:
    if not -MAX_INTEGER - 1 <= value <= MAX_INTEGER:
        raise DiedError(f"a lookup of the id {value}")
    return value


def _visible(call: Call, tracker_id: int) -> bool:
    row = call.store.trackers.get(tracker_id)
    return row is not None and row.visible(call, call.user)


def _once(call: Call, key: Hashable, read: Callable[[], Any]) -> Any:
    if key not in call.loaded:
        call.loaded[key] = read()
    return call.loaded[key]
