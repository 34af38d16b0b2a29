"""What mutations do before anything else: load what they change, check the right, read the input."""

from __future__ import annotations

from typing import Any

from shim.sandbox.engine.errors import PanicError, Validation
from shim.sandbox.instance.call import Call
from shim.sandbox.services.todo import loaders
from shim.sandbox.services.todo.numbers import Access
from shim.sandbox.services.todo.ticket import Ticket
from shim.sandbox.services.todo.tracker import Tracker


def tracker_for(
    call: Call, tracker_id: int, right: Access, missing: str = "No tracker by ID {} found for this user"
) -> Tracker:
    """A tracker on which the caller has a right. Raises FieldError."""
    tracker: Tracker | None = loaders.tracker(call, tracker_id)
    if tracker is None:
        raise call.missing(missing.format(tracker_id), "Tracker not found")
    if not tracker.allows(right):
        raise call.denied()
    return tracker


def ticket_for(call: Call, tracker_id: int, number: int, missing: str = "No such ticket") -> Ticket:
    """A ticket as the request first loaded it. Raises FieldError."""
    ticket: Ticket | None = loaders.ticket_numbered(call, tracker_id, number)
    if ticket is None:
        raise call.missing(missing.format(number), "Ticket not found")
    return ticket


def own_tracker(call: Call, tracker_id: int) -> Tracker:
    """The row of one of the caller's own trackers. Raises FieldError."""
    tracker: Tracker | None = call.store.trackers.get(tracker_id)
    if tracker is None or tracker.owner is not call.user:
        raise call.missing(f"No tracker by ID {tracker_id} found for this user")
    return tracker


def spoiled(call: Call) -> bool:
    """Whether a mutation that validates its input does nothing, since an earlier field of the request failed.

    The real server of 2026 asks for the validation of the whole request; the field is then null without an error
    of its own (the notes on 2026).
    """
    return call.modern and call.failed > 0


class Update(Validation):
    """The input of an update: members that are not there leave what they name as it is."""

    def __init__(self, call: Call, given: dict[str, Any]) -> None:
        super().__init__()
        self._call = call
        self._given = given

    def text(self, name: str) -> str | None:
        """A text, or None. A null counts for nothing in 2024 and is a panic in 2026."""
        if name in self._given and self._given[name] is None and self._call.modern:
            raise PanicError
        return self.nullable_text(name)

    def nullable_text(self, name: str) -> str | None:
        """A text, or None. Anything else is an error."""
        value = self._given.get(name)
        self.expect(value is None or type(value) is str, f"Expected {name} to be a string", field=name)
        return value if type(value) is str else None
