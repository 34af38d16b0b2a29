"""The rows of todo.sr.ht, in the shape of either era."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from shim.sandbox.data.columns import Column, Rows, column, columns, moment
from shim.sandbox.instance import users
from shim.sandbox.services.todo.event import CommentText, Event
from shim.sandbox.services.todo.label import Label, TicketLabel
from shim.sandbox.services.todo.numbers import RESOLUTION, STATUS, Access, EventType
from shim.sandbox.services.todo.participants import EmailAddress, ExternalUser, Participant, User
from shim.sandbox.services.todo.ticket import Assignment, Ticket, Tickets
from shim.sandbox.services.todo.tracker import Tracker, TrackerACL


def _participant(*, id: int, type: str, user: User | None, mail: Any, name: Any, **external: Any) -> Participant:  # noqa: A002
    """A participant of one of the three kinds."""
    if type == "user":
        assert user is not None
        return Participant(id, user)
    return Participant(id, EmailAddress(mail, name) if type == "email" else ExternalUser(**external))


def _named(names: Mapping[int, str], *columns: str) -> Column:
    """A number with a name; data of 2026 have names already."""
    return column(*columns, read=lambda value: names.get(value, value))


def _person(name: str, **how: Any) -> Column:
    return column(name, key="participants", read=attrgetter("entity"), **how)


def _user(name: str, **how: Any) -> Column:
    return column(name, key="users", **how)


TABLES = (
    users.described(User),
    Rows(
        "participants",
        _participant,
        columns(
            *("id", "external_id", "external_url"),
            type=column("type", "participant_type"),
            user=_user("user_id", default=None),
            mail=column("address", "email"),
            name=column("name", "email_name"),
        ),
    ),
    Rows(
        "trackers",
        Tracker,
        columns(
            *("id", "name", "description", "visibility", "next_ticket_id"),
            owner=_user("owner_id"),
            created=moment(),
            updated=moment(),
            default_access=column(read=Access),
        ),
        sequences=("tracker",),
    ),
    Rows(
        "access",
        TrackerACL,
        columns("id", "tracker_id", entity=_user("user_id"), permissions=column(read=Access)),
        lists=("access", "acls"),
    ),
    Rows(
        "labels",
        Label,
        columns(
            *("id", "tracker_id", "name"),
            created=moment(),
            background_color=column("background", "color"),
            foreground_color=column("text", "text_color"),
        ),
        sequences=("label",),
    ),
    Rows(
        "tickets",
        Ticket,
        columns(
            "tracker_id",
            id=column("scoped_id"),
            row_id=column("id"),
            created=moment(),
            updated=moment(),
            submitter=_person("submitter_id"),
            subject=column("title"),
            body=column("description"),
            status=_named(STATUS),
            resolution=_named(RESOLUTION),
        ),
        sequences=("ticket",),
        kind=Tickets,
    ),
    Rows("ticket_labels", TicketLabel, columns("id", "ticket_id", "label_id")),
    Rows(
        "assignees",
        Assignment,
        columns("id", "ticket_id", assignee=_user("assignee_id")),
        lists=("assignees", "ticket_assignees"),
    ),
    Rows("comments", CommentText, columns("id", "ticket_id", "text")),
    Rows(
        "events",
        Event,
        columns(
            *("id", "ticket_id", "comment_id", "label_id", "from_ticket_id"),
            created=moment(),
            types=column("types", "event_type", read=EventType),
            actor=_person("participant_id", default=None),
            causer=_person("by_participant_id", default=None),
            old_status=_named(STATUS),
            new_status=_named(STATUS),
            old_resolution=_named(RESOLUTION),
            new_resolution=_named(RESOLUTION),
        ),
        sequences=("event",),
    ),
)
