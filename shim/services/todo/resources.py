"""The old resources of todo.sr.ht (todo 3, 4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields
from marshmallow.fields import Field

from shim.rest.compiled import Converted
from shim.rest.dates import LegacyTime
from shim.rest.fields import Lower, Plain, Resource, ShortUser

RIGHTS = ("browse", "submit", "comment", "edit", "triage")
_PARTIES = {
    "User": {"type": "user", "canonical_name": "canonical_name", "name": "name"},
    "EmailAddress": {"type": "email", "address": "address", "name": "called"},
    "ExternalUser": {"type": "external", "external_id": "external_id", "external_url": "external_url"},
}


class Party(Converted):
    """A participant: a user, somebody with an e-mail address, or somebody of another site (todo 3.2)."""

    def convert(self, value: Any) -> dict[str, Any] | None:
        """The participant with its type; null stays null."""
        return None if value is None else participant(value)


class Rights(Converted):
    """The names of the rights that are granted, in the order of their bits (todo 2.2)."""

    def convert(self, value: Any) -> list[str]:
        """The names."""
        return [right for right in RIGHTS if value[right]]


class ShortTracker(Resource):
    """A tracker inside another resource (todo 3.3)."""

    id = Plain()
    owner = fields.Nested(ShortUser)
    created: Field[Any] = LegacyTime()
    updated: Field[Any] = LegacyTime()
    name = Plain()


class Tracker(ShortTracker):
    """A tracker (todo 3.3)."""

    description = Plain()
    default_access = Rights()
    visibility = Plain()


class WrittenTracker(Resource):
    """A tracker as POST and PUT answer it: other order, and upstream's own times (todo 3.3, Q11)."""

    id = Plain()
    created = Plain()
    updated = Plain()
    owner = fields.Nested(ShortUser)
    name = Plain()
    description = Plain()
    visibility: Field[Any] = Plain()
    default_access = Rights()


class Colors(Resource):
    """The colours of a label."""

    background = Plain()
    text = Plain()


class Label(Resource):
    """A label (todo 3.4)."""

    name = Plain()
    colors = fields.Function(Colors().dump)
    created: Field[Any] = LegacyTime()
    tracker = fields.Nested(ShortTracker)


class ShortTicket(Resource):
    """A ticket inside another resource (todo 3.5)."""

    id = Plain()
    ref = Plain()
    tracker = fields.Nested(ShortTracker)
    title = Plain()


class Ticket(ShortTicket):
    """A ticket (todo 3.5). Label names are sorted by code point, for upstream's have no order (todo G24)."""

    created = LegacyTime()
    updated = LegacyTime()
    submitter = Party()
    description = Plain()
    status = Lower()
    resolution = Lower()
    labels = fields.Function(lambda ticket: sorted(label["name"] for label in ticket["labels"]))
    assignees = fields.List(fields.Nested(ShortUser))


class Comment(Resource):
    """A comment inside an event (todo 3.6)."""

    id = Plain()
    created = LegacyTime()
    submitter = Party()
    text = Plain()


class Event(Resource):
    """An event (todo 3.7); `shim.services.todo.events.flat` makes what is dumped here."""

    id = Plain()
    created: Field[Any] = LegacyTime()
    event_type = fields.List(Lower())
    old_status = Lower()
    old_resolution = Lower()
    new_status = Lower()
    new_resolution = Lower()
    user: Field[Any] = Party()
    ticket = fields.Nested(ShortTicket)
    comment: Field[Any] = fields.Nested(Comment)
    label: Field[Any] = Plain()
    by_user: Field[Any] = Party()
    from_ticket: Field[Any] = fields.Nested(ShortTicket)


def participant(entity: Mapping[str, Any]) -> dict[str, Any]:
    """An entity of upstream's as the old services showed it, with the members of its type only."""
    names = _PARTIES[entity["type"]]
    return {"type": names["type"], **{old: entity.get(names[old]) for old in list(names)[1:]}}
