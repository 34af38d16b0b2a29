"""Creating, changing and deleting mailing lists."""

from __future__ import annotations

from copy import copy
from typing import Any

from shim.sandbox.data.table import Table
from shim.sandbox.engine import times
from shim.sandbox.engine.errors import FieldError, PanicError, Validation, sql_text
from shim.sandbox.instance.call import Call
from shim.sandbox.services.lists import hooks, kinds, loaders
from shim.sandbox.services.lists.access import USUAL, Access
from shim.sandbox.services.lists.mailinglist import MailingList, MailingListSubscription
from shim.sandbox.services.names import NAME, PATTERN, RESERVED
from shim.sandbox.webhooks.fields import remove

_MIME = ("permitMime", "rejectMime")


class ListMutations:
    """Creating, changing and deleting lists, for their owners."""

    def create_mailing_list(
        self, call: Call, name: str, visibility: str, description: str | None = None
    ) -> MailingList:
        """Create a list, to which its owner is subscribed; a name in use costs an id."""
        given = Validation()
        given.expect(NAME.fullmatch(name), f"Name must match {PATTERN}", field="name")
        message = "This is a reserved name and cannot be used for user mailing lists."
        given.expect(name not in RESERVED, message, field="name")
        _check_description(given, description)
        given.end()
        sql_text(name, 128)
        sql_text(description or "")
        table: Table[MailingList] = call.store.lists
        row_id, now = table.take_id(), times.now()
        if table.first(lambda row: row.owner is call.user and row.name == name):
            raise _taken(call)
        row = table.add(MailingList(row_id, call.user, now, now, name, description, visibility, USUAL))
        subscriptions = call.store.subscriptions
        subscriptions.add(MailingListSubscription(subscriptions.take_id(), now, row.id, call.user))
        hooks.list_created(call, copy(row))
        return row

    def update_mailing_list(self, call: Call, id_: int, input_: dict[str, Any]) -> MailingList | None:
        """Change what `input` names; the age stays. Lists of MIME types are a panic in 2024, and not kept here."""
        changes = _changes(call, input_)
        return _update(call, id_, **changes)

    def delete_mailing_list(self, call: Call, id_: int) -> MailingList:
        """Delete a list and all that is in it."""
        row: MailingList | None = loaders.list_of(call, id_)
        if row is None:
            raise PanicError
        if row.owner is not call.user:
            raise FieldError("Access denied")
        hooks.list_changed(call, "LIST_DELETED", row)
        _remove(call, row)
        return row

    def update_mailing_list_acl(self, call: Call, list_id: int, input_: dict[str, bool]) -> MailingList | None:
        """Set the rights of those who have no entry."""
        rights = Access.given(input_)
        return _update(call, list_id, default_access=rights)


def _update(call: Call, list_id: int, **changes: Any) -> MailingList | None:
    """Change a list of the caller's own and tell of it."""
    row: MailingList | None = call.store.lists.get(list_id)
    if row is None or row.owner is not call.user:
        return None
    for column, value in changes.items():
        setattr(row, column, value)
    hooks.list_changed(call, "LIST_UPDATED", copy(row))
    return row


def _taken(call: Call) -> FieldError:
    message = "mailing list with this name already exists"
    return FieldError(f"a {message}" if call.modern else f"A {message}.")


def _check_description(given: Validation, text: str | None) -> None:
    message = "Description must be fewer than 2048 characters"
    given.expect(len((text or "").encode()) < 2048, message, field="description")


def _changes(call: Call, input_: dict[str, Any]) -> dict[str, Any]:
    """The columns that an input changes. Raises ValidationError, or FieldError for none."""
    if any(name in input_ for name in _MIME) and not call.modern:
        raise PanicError
    given = Validation()
    _check_description(given, input_.get("description"))
    given.end()
    sql_text(input_.get("description") or "")
    changes: dict[str, Any] = {name: input_[name] for name in ("description", "visibility") if name in input_}
    if changes.get("visibility", "") is None:
        del changes["visibility"]
    if not changes and not any(name in input_ for name in _MIME):
        raise FieldError("update statements must have at least one Set clause")
    return changes


def _remove(call: Call, row: MailingList) -> None:
    """Delete a list with all that refers to it. Its webhooks stay in 2024, with no list."""
    store = call.store
    patchsets = store.patchsets.where(lambda one: one.list_id == row.id)
    ids = {patchset.id for patchset in patchsets}
    store.tools.remove(*store.tools.where(lambda one: one.patchset_id in ids))
    store.patchsets.remove(*patchsets)
    for table in (store.emails, store.subscriptions, store.access):
        table.remove(*table.where(lambda one: one.list_id == row.id))
    store.lists.remove(row)
    for hook in store.webhooks[kinds.LIST.name].where(lambda one: one.parent == row.id):
        if call.modern:
            remove(call, hook)
        else:
            hook.parent = None
