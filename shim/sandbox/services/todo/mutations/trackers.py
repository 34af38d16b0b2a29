"""Trackers and the access to them."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shim.sandbox.data.rid import format_rid
from shim.sandbox.data.table import Table
from shim.sandbox.engine import times
from shim.sandbox.engine.errors import FieldError, Validation, sql_null, sql_text
from shim.sandbox.services.names import NAME, PATTERN, RESERVED
from shim.sandbox.services.todo import activity, hooks
from shim.sandbox.services.todo.faults import not_found
from shim.sandbox.services.todo.imports import import_dump
from shim.sandbox.services.todo.mutations.prelude import Update, caller, own_tracker, spoiled
from shim.sandbox.services.todo.numbers import EVERYTHING, NOTHING, USUAL, Access
from shim.sandbox.services.todo.removal import remove_tracker
from shim.sandbox.services.todo.tracker import DefaultACL, Tracker, TrackerACL

if TYPE_CHECKING:
    from shim.sandbox.engine.upload import Upload
    from shim.sandbox.instance.call import Call

_DUPLICATE = 'pq: duplicate key value violates unique constraint "tracker_owner_id_name_unique"'


class TrackerMutations:
    """Creating, changing and deleting trackers."""

    def create_tracker(
        self,
        call: Call,
        name: str,
        visibility: str,
        description: str | None = None,
        import_upload: Upload | None = None,
    ) -> Tracker | None:
        """Create a tracker, to which its owner subscribes; a name in use costs an id."""
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
        row = table.add(Tracker(row_id, format_rid(None, row_id, now), *columns))
        activity.subscribe(call, caller(call), tracker_id=row.id)
        if import_upload:
            import_dump(call, row, import_upload.content)
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

    def import_tracker_dump(self, call: Call, tracker_id: int, dump: Upload) -> bool:
        """Fill an empty tracker from a dump."""
        import_dump(call, own_tracker(call, tracker_id), dump.content)
        return True

    def delete_tracker(self, call: Call, id_: int) -> Tracker:
        """Delete a tracker and all that is in it."""
        row = own_tracker(call, id_)
        remove_tracker(call, row)
        tracker = replace(row, access=EVERYTHING)
        hooks.tracker_changed(call, "TRACKER_DELETED", tracker)
        return tracker


class AccessMutations:
    """Changing who may do what on a tracker."""

    def update_tracker_acl(self, call: Call, tracker_id: int, input_: dict[str, bool]) -> DefaultACL:
        """Set the rights of those who have no entry."""
        permissions = _permissions(input_)
        _update(call, own_tracker(call, tracker_id), default_access=permissions)
        return DefaultACL(permissions)

    def update_user_acl(self, call: Call, tracker_id: int, user_id: int, input_: dict[str, bool]) -> TrackerACL:
        """Give a user an entry, or change it; an id is taken in any case."""
        table: Table[TrackerACL] = call.store.access
        row_id = table.take_id()
        tracker: Tracker | None = call.store.trackers.get(tracker_id)
        if tracker is None or tracker.owner is not call.user:
            raise sql_null("tracker_id", "user_access")
        user = call.store.users.get(user_id)
        if user is None:
            key = 'foreign key constraint "user_access_user_id_fkey"'
            raise FieldError(f'pq: insert or update on table "user_access" violates {key}')
        row = table.first(lambda row: row.tracker_id == tracker_id and row.entity is user)
        row = row or table.add(TrackerACL(row_id, times.now(), tracker_id, user, NOTHING))
        row.permissions = _permissions(input_)
        return row

    def delete_acl(self, call: Call, id_: int) -> TrackerACL:
        """Take an entry away."""
        row: TrackerACL | None = call.store.access.get(id_)
        tracker: Tracker | None = call.store.trackers.get(row.tracker_id) if row else None
        if row is None or tracker is None or tracker.owner is not call.user:
            raise not_found(call, f"No ACL by ID {id_} found for this user")
        call.store.access.remove(row)
        return row


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


def _permissions(given: dict[str, bool]) -> Access:
    rights = (right for right in Access if given[str(right.name).lower()])
    return Access(sum(rights))
