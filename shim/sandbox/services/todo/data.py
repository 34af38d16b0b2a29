"""The data set of todo.sr.ht, in the shape of either era, and the state made from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import starmap
from pathlib import Path
from typing import Any, TypeVar

from shim.sandbox.data.rid import format_rid
from shim.sandbox.data.table import HasId, Table
from shim.sandbox.engine import times
from shim.sandbox.instance.tokens import legacy_tokens
from shim.sandbox.instance.users import Users
from shim.sandbox.services import service
from shim.sandbox.services.todo import activity, hooks
from shim.sandbox.services.todo.event import CommentText, Event
from shim.sandbox.services.todo.label import Label, TicketLabel
from shim.sandbox.services.todo.numbers import AUTHENTICITY, RESOLUTION, STATUS, Access, EventType
from shim.sandbox.services.todo.participants import EmailAddress, Entity, ExternalUser, Participant, Participants, User
from shim.sandbox.services.todo.ticket import Assignment, Ticket, Tickets
from shim.sandbox.services.todo.tracker import Tracker, TrackerACL
from shim.sandbox.webhooks.subscriptions import Kind, Subscription, load_subscriptions

Row = dict[str, Any]
R = TypeVar("R", bound=HasId)

_KINDS = {"acls": "access", "ticket_assignees": "assignees"}
_COLUMNS = {
    "participants": {"participant_type": "type", "email": "address", "email_name": "name"},
    "labels": {"color": "background", "text_color": "text"},
    "events": {"event_type": "types"},
}
_SEQUENCES = {
    "participants": "participant",
    "trackers": "tracker",
    "access": "user_access",
    "labels": "label",
    "tickets": "ticket",
    "assignees": "ticket_assignee",
    "comments": "ticket_comment",
    "events": "event",
    "subscriptions": "ticket_subscription",
}
_REFERENCES = (
    "ticket_id",
    "participant_id",
    "by_participant_id",
    "comment_id",
    "label_id",
    "from_ticket_id",
)
_HOOKS = ((hooks.USER, None), (hooks.TRACKER, "tracker_id"), (hooks.TICKET, "ticket_id"))


@dataclass
class Store(service.Store):
    """The rows of todo.sr.ht."""

    participants: Participants
    trackers: Table[Tracker]
    access: Table[TrackerACL]
    labels: Table[Label]
    tickets: Tickets
    ticket_labels: Table[TicketLabel]
    assignees: Table[Assignment]
    comments: Table[CommentText]
    events: Table[Event]
    subscriptions: Table[activity.Subscription]


@dataclass(frozen=True)
class Dataset(service.Dataset):
    """The rows as read, with the names that the set of 2024 has, and the last value of each sequence."""

    rows: Mapping[str, list[Row]]
    sequences: Mapping[str, int]

    @classmethod
    def read(cls, folder: Path) -> Dataset:
        """Read a directory. Raises OSError, ValueError or KeyError for what is no data set."""
        read = json.loads((folder / "dataset.json").read_text("utf-8"))
        kinds = {_KINDS.get(name, name): rows for name, rows in read.items() if isinstance(rows, list)}
        named = {kind: [_named(kind, row) for row in rows] for kind, rows in kinds.items()}
        return cls(named, read.get("sequences", {}))

    def open(self) -> Store:
        """The untouched state."""
        users = Users(map(User.load, self.rows["users"]))
        people = Participants(
            (Participant(row["id"], _entity(row, users)) for row in self.rows["participants"]),
            self._next("participant"),
        )
        return Store(
            users,
            legacy_tokens(self.rows.get("legacy_tokens"), users),
            {kind.name: self._hooks(kind, parent, users) for kind, parent in _HOOKS},
            {kind.name: Table((), self._next(f"gql_{kind.name}_wh_delivery")) for kind, _ in _HOOKS},
            people,
            self._table("trackers", partial(_tracker, users)),
            self._table("access", partial(_access, users)),
            self._table("labels", _label),
            Tickets(map(_ticket, self.rows["tickets"]), self._next("ticket")),
            Table(starmap(_ticket_label, enumerate(self.rows["ticket_labels"], 1))),
            self._table("assignees", partial(_assignment, users)),
            self._table("comments", _comment),
            self._table("events", _event),
            self._table("subscriptions", partial(_subscription, people)),
        )

    def _table(self, kind: str, load: Callable[[Row], R]) -> Table[R]:
        return Table(map(load, self.rows[kind]), self._next(_SEQUENCES[kind]))

    def _hooks(self, kind: Kind, parent: str | None, users: Users[User]) -> Table[Subscription]:
        rows = self.rows.get(f"{kind.name}_webhooks", ())
        return Table(load_subscriptions(rows, kind, users, parent), self._next(f"gql_{kind.name}_wh_sub"))

    def _next(self, sequence: str) -> int | None:
        last = self.sequences.get(f"{sequence}_id_seq")
        return None if last is None else last + 1


def _named(kind: str, row: Row) -> Row:
    """A row with the column names of 2024."""
    columns = _COLUMNS.get(kind, {})
    return {columns.get(name, name): value for name, value in row.items()}


def _entity(row: Row, users: Users[User]) -> Entity:
    if row["type"] == "user":
        return users.of(row, "user")
    if row["type"] == "email":
        return EmailAddress(row["address"], row["name"])
    return ExternalUser(row["external_id"], row["external_url"])


def _tracker(users: Users[User], row: Row) -> Tracker:
    created = times.parse(row["created"])
    return Tracker(
        id=row["id"],
        rid=format_rid(row.get("rid"), row["id"], created),
        owner=users.of(row, "owner"),
        created=created,
        updated=times.parse(row["updated"]),
        name=row["name"],
        description=row["description"],
        visibility=row["visibility"],
        default_access=Access(row["default_access"]),
        next_ticket_id=row["next_ticket_id"],
    )


def _access(users: Users[User], row: Row) -> TrackerACL:
    user, permissions = users.of(row, "user"), Access(row["permissions"])
    return TrackerACL(row["id"], times.parse(row["created"]), row["tracker_id"], user, permissions)


def _label(row: Row) -> Label:
    created, colors = times.parse(row["created"]), (row["background"], row["text"])
    return Label(row["id"], created, row["tracker_id"], row["name"], *colors)


def _ticket_label(number: int, row: Row) -> TicketLabel:
    return TicketLabel(number, row["ticket_id"], row["label_id"])


def _ticket(row: Row) -> Ticket:
    return Ticket(
        id=row["scoped_id"],
        row_id=row["id"],
        tracker_id=row["tracker_id"],
        created=times.parse(row["created"]),
        updated=times.parse(row["updated"]),
        submitter_id=row["submitter_id"],
        subject=row["title"],
        body=row["description"],
        status=_name(STATUS, row["status"]),
        resolution=_name(RESOLUTION, row["resolution"]),
        authenticity=_name(AUTHENTICITY, row["authenticity"]),
    )


def _assignment(users: Users[User], row: Row) -> Assignment:
    return Assignment(row["id"], row["ticket_id"], users.of(row, "assignee"))


def _comment(row: Row) -> CommentText:
    return CommentText(row["id"], row["ticket_id"], row["text"], _name(AUTHENTICITY, row["authenticity"]))


def _event(row: Row) -> Event:
    return Event(
        id=row["id"],
        created=times.parse(row["created"]),
        types=EventType(row["types"]),
        **{name: row[name] for name in _REFERENCES},
        **{f"{age}_status": _name(STATUS, row[f"{age}_status"]) for age in ("old", "new")},
        **{f"{age}_resolution": _name(RESOLUTION, row[f"{age}_resolution"]) for age in ("old", "new")},
    )


def _subscription(people: Participants, row: Row) -> activity.Subscription:
    participant = people.get(row["participant_id"])
    if participant is None:
        raise ValueError(f"unknown participant in {row}")
    created = times.parse(row["created"])
    return activity.Subscription(row["id"], created, participant, row["tracker_id"], row["ticket_id"])


def _name(names: Mapping[int, str], value: Any) -> Any:
    """The name of a number; data of 2026 have names already."""
    return names.get(value, value)
