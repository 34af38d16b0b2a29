"""Labels of trackers."""

from __future__ import annotations

import re
from copy import copy
from typing import Any

from shim.sandbox.data.table import Table
from shim.sandbox.engine import times
from shim.sandbox.engine.errors import FieldError, sql_text
from shim.sandbox.instance.call import Call
from shim.sandbox.services.todo import hooks, loaders
from shim.sandbox.services.todo.label import Label
from shim.sandbox.services.todo.mutations.prelude import Update, spoiled
from shim.sandbox.services.todo.removal import remove_label
from shim.sandbox.services.todo.tracker import Tracker

_COLOR = re.compile("#[0-9A-Fa-f]{6}")
_COLORS = {"foregroundColor": "foreground_color", "backgroundColor": "background_color"}


class LabelMutations:
    """Creating, changing and deleting labels, for owners of trackers."""

    def create_label(
        self, call: Call, tracker_id: int, name: str, foreground_color: str, background_color: str
    ) -> Label:
        """Create a label; a name in use costs an id."""
        if not (_COLOR.fullmatch(foreground_color) and _COLOR.fullmatch(background_color)):
            raise call.failure("Invalid color format")
        if not name:
            raise FieldError("Label name must be greater than zero in length")
        tracker: Tracker | None = loaders.tracker(call, tracker_id)
        if tracker is None:
            raise call.missing(f"No tracker by ID {tracker_id} found for this user")
        if tracker.owner is not call.user:
            raise call.denied()
        sql_text(name)
        table: Table[Label] = call.store.labels
        row_id = table.take_id()
        _check_free(call, tracker.id, name)
        row = table.add(Label(row_id, times.now(), tracker.id, name, background_color, foreground_color))
        return _tell(call, "LABEL_CREATED", row)

    def update_label(self, call: Call, id_: int, input_: dict[str, Any]) -> Label | None:
        """Change what `input` names; nothing at all is an error."""
        changes = _changes(call, input_)
        if spoiled(call):
            return None
        if not changes:
            raise FieldError("update statements must have at least one Set clause")
        row = _own(call, id_)
        if changes.get("name", row.name) != row.name:
            _check_free(call, row.tracker_id, changes["name"])
        for column, value in changes.items():
            setattr(row, column, value)
        return _tell(call, "LABEL_UPDATE", row)

    def delete_label(self, call: Call, id_: int) -> Label:
        """Delete a label, also from the tickets that have it."""
        row = _own(call, id_)
        remove_label(call, row)
        return _tell(call, "LABEL_DELETED", row)


def _changes(call: Call, input_: dict[str, Any]) -> dict[str, str]:
    """The columns that an input changes. Raises ValidationError."""
    given = Update(call, input_)
    changes = {column: given.text(name) for name, column in _COLORS.items()}
    message = call.failure("Invalid color format").message
    for name, column in _COLORS.items():
        color = changes[column]
        given.expect(color is None or _COLOR.fullmatch(color), message, field=name)
    changes["name"] = given.text("name")
    given.expect(changes["name"] != "", "Name cannot be empty", field="name")
    given.end()
    return {column: value for column, value in changes.items() if value is not None}


def _tell(call: Call, event: str, row: Label) -> Label:
    """Tell of a label, and return it, as it is now."""
    label = copy(row)
    hooks.label_changed(call, event, label)
    return label


def _own(call: Call, id_: int) -> Label:
    row: Label | None = call.store.labels.get(id_)
    tracker: Tracker | None = call.store.trackers.get(row.tracker_id) if row else None
    if row is None or tracker is None or tracker.owner is not call.user:
        raise call.missing(f"No label by ID {id_} found for this user")
    return row


def _check_free(call: Call, tracker_id: int, name: str) -> None:
    labels: Table[Label] = call.store.labels
    if labels.first(lambda row: row.tracker_id == tracker_id and row.name == name):
        raise FieldError("A label by this name already exists", field="name")
