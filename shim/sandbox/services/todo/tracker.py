"""Trackers and the rights on them, as rows and as GraphQL shows them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from shim.sandbox.data.table import Table
from shim.sandbox.engine.cursor import Cursor, Page, page
from shim.sandbox.engine.errors import PanicError, sql_text
from shim.sandbox.instance.call import Call
from shim.sandbox.services.todo import kinds, loaders
from shim.sandbox.services.todo.label import Label
from shim.sandbox.services.todo.numbers import EVERYTHING, NOTHING, Access
from shim.sandbox.services.todo.participants import User
from shim.sandbox.webhooks.fields import Hooked
from shim.sandbox.webhooks.subscriptions import Kind


class Shown:
    """What access list entries have in common: a member `permissions`, shown one by one."""

    browse = Access.BROWSE.shown
    submit = Access.SUBMIT.shown
    comment = Access.COMMENT.shown
    edit = Access.EDIT.shown
    triage = Access.TRIAGE.shown


@dataclass(frozen=True)
class DefaultACL(Shown):
    """Rights that hang on no entry."""

    typename: ClassVar[str] = "DefaultACL"
    permissions: Access


@dataclass
class TrackerACL(Shown):
    """A user's entry in the access list of a tracker."""

    typename: ClassVar[str] = "TrackerACL"
    id: int
    tracker_id: int
    entity: User
    permissions: Access


@dataclass
class Tracker(Hooked):
    """A tracker. Loading for a caller adds `access`, what the caller may do, and `entry`, by which.

    Without access every question for a right is a panic (todo dossier, 4.1).
    """

    typename: ClassVar[str] = "Tracker"
    hook_kind: ClassVar[Kind] = kinds.TRACKER
    id: int
    owner: User
    created: datetime
    updated: datetime
    name: str
    description: str | None
    visibility: str
    default_access: Access
    next_ticket_id: int = 1
    access: Access = NOTHING
    entry: TrackerACL | None = None

    def _entry_of(self, call: Call, user: User) -> TrackerACL | None:
        entries: Table[TrackerACL] = call.store.access
        return entries.first(lambda row: row.tracker_id == self.id and row.entity is user)

    def _invited(self, call: Call, user: User) -> bool:
        entry = self._entry_of(call, user)
        return entry is not None and entry.permissions != NOTHING

    def visible(self, call: Call, user: User) -> bool:
        """Whether a user may see it."""
        return self.owner is user or self.visibility != "PRIVATE" or self._invited(call, user)

    def listed(self, call: Call, user: User) -> bool:
        """Whether a user finds it in its owner's list."""
        return self.owner is user or self.visibility == "PUBLIC" or self._invited(call, user)

    def seen(self, call: Call, *, with_entry: bool = True) -> Tracker:
        """The tracker as the caller has it now; an entry for the owner counts more than ownership."""
        entry = self._entry_of(call, call.user)
        usual = EVERYTHING if self.owner is call.user else self.default_access
        access = entry.permissions if entry else usual
        return replace(self, access=access, entry=entry if with_entry else None)

    def allows(self, right: Access) -> bool:
        """Whether the caller has a right."""
        if self.access == NOTHING:
            raise PanicError
        return bool(self.access & right)

    def acl(self, call: Call) -> TrackerACL | DefaultACL:
        """The caller's entry, or the rights without one."""
        if self.entry:
            return self.entry
        self.allows(Access.BROWSE)
        return DefaultACL(self.access)

    @property
    def default_acl(self) -> DefaultACL:
        """The rights of those who have no entry."""
        return DefaultACL(self.default_access)

    def ticket(self, call: Call, id_: int) -> object:
        """The ticket of that number; no right is needed."""
        return loaders.ticket_numbered(call, self.id, id_)

    def tickets(self, call: Call, cursor: Cursor | None = None) -> Page[Any]:
        """The tickets, the newest first; who may not browse sees only those of their own."""
        rows = call.store.tickets.where(lambda row: row.tracker_id == self.id)
        if not self.allows(Access.BROWSE):
            rows = [row for row in rows if row.submitter is call.user]
        return page(sorted(rows, key=lambda row: -row.id), cursor, lambda row: row.id)

    def label(self, call: Call, name: str) -> Label | None:
        """The label of that name."""
        sql_text(name)
        labels: Table[Label] = call.store.labels
        return labels.first(lambda row: row.tracker_id == self.id and row.name == name)

    def labels(self, call: Call, cursor: Cursor | None = None) -> Page[Label]:
        """The labels, the newest first."""
        rows = call.store.labels.where(lambda row: row.tracker_id == self.id)
        return page(reversed(rows), cursor, lambda row: row.id)
