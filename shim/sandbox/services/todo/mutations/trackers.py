"""Trackers, and the rights of those who have no entry."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Any

from shim.sandbox.data.table import Table
from shim.sandbox.engine import times
from shim.sandbox.engine.errors import FieldError, Validation, sql_null, sql_text
from shim.sandbox.instance.call import Call
from shim.sandbox.services.names import NAME, PATTERN, RESERVED
from shim.sandbox.services.todo import hooks
from shim.sandbox.services.todo.mutations.prelude import Update, own_tracker, spoiled
from shim.sandbox.services.todo.numbers import EVERYTHING, USUAL, Access
from shim.sandbox.services.todo.removal import remove_tracker
from shim.sandbox.services.todo.tracker import DefaultACL, Tracker

_DUPLICATE = 'pq: duplicate key value violates unique constraint "tracker_owner_id_name_unique"'


class TrackerMutations:
    """Creating, changing and deleting trackers."""

    def create_tracker(self, call: Call, name: str, visibility: str, description: str | None = None) -> Tracker | None:
        """Create a tracker; a name in use costs an id."""
        given = Validation()
        given.expect(NAME.fullmatch(name), f"Name must match {PATTERN}", field="name")
        _check_reserved(given, name)
        _check_description(given, description)
        given.end()
        if spoiled(call):
            return None
        sql_text(name, 1024)
        sql_text(description or "")
        table: Table[Tracker] = call.store.trackers
        row_id, now = table.take_id(), times.now()
        if _named(call, name):
            raise FieldError("A tracker by this name already exists.", field="name")
        columns = (call.user, now, now, name, description, visibility, USUAL)
        row = table.add(Tracker(row_id, *columns))
        tracker = replace(row, access=EVERYTHING)
        hooks.tracker_changed(call, "TRACKER_CREATED", tracker)
        return tracker

    def update_tracker(self, call: Call, id_: int, input_: dict[str, Any]) -> Tracker | None:
        """Change what `input` names. The answer does not know what the caller may do."""
        changes = _changes(call, input_)
        if spoiled(call):
            return None
        row = own_tracker(call, id_)
        sql_text(changes.get("description") or "")
        if "visibility" in changes and changes["visibility"] is None:
            raise sql_null("visibility", "tracker")
        if changes.get("name", row.name) != row.name and _named(call, changes["name"]):
            raise FieldError(_DUPLICATE)
        return _update(call, row, **changes)

    def delete_tracker(self, call: Call, id_: int) -> Tracker:
        """Delete a tracker and all that is in it."""
        row = own_tracker(call, id_)
        remove_tracker(call, row)
        tracker = replace(row, access=EVERYTHING)
        hooks.tracker_changed(call, "TRACKER_DELETED", tracker)
        return tracker

    def update_tracker_acl(self, call: Call, tracker_id: int, input_: dict[str, bool]) -> DefaultACL:
        """Set the rights of those who have no entry."""
        permissions = Access.given(input_)
        _update(call, own_tracker(call, tracker_id), default_access=permissions)
        return DefaultACL(permissions)


def _named(call: Call, name: str) -> Tracker | None:
    """The caller's tracker of that name."""
    trackers: Table[Tracker] = call.store.trackers
    return trackers.first(lambda row: row.owner is call.user and row.name == name)


def _check_reserved(given: Validation, name: str) -> None:
    message = "This is a reserved name and cannot be used for user trackers."
    given.expect(name not in RESERVED, message, field="name")


def _check_description(given: Validation, text: str | None) -> None:
    message = "Description must be fewer than 8192 characters"
    given.expect(len((text or "").encode()) < 8192, message, field="description")


def _changes(call: Call, input_: dict[str, Any]) -> dict[str, Any]:
    """The columns that an input changes. Raises ValidationError."""
    given = Update(call, input_)
    name, visibility = given.text("name"), given.nullable_text("visibility")
    if name is not None:
        message = f"Invalid tracker name '{name}' (must match {PATTERN})"
        given.expect(NAME.fullmatch(name), message, field="name")
        _check_reserved(given, name)
    description = given.nullable_text("description")
    _check_description(given, description)
    given.end()
    columns = {"name": name, "visibility": visibility, "description": description}
    named = {column: value for column, value in columns.items() if column in input_}
    return {column: value for column, value in named.items() if call.modern or value is not None}


def _update(call: Call, row: Tracker, **changes: Any) -> Tracker:
    """Change a row and tell of it."""
    for column, value in changes.items():
        setattr(row, column, value)
    row.updated = times.now()
    tracker = copy(row)
    hooks.tracker_changed(call, "TRACKER_UPDATE", tracker)
    return tracker
