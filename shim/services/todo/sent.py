"""What the Go side of todo.sr.ht sent to webhooks: resources with other keys, order and times than REST (todo 6.1)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from marshmallow.fields import Field

from shim.rest.compiled import Converted
from shim.rest.fields import Lower, Plain, ShortUser
from shim.services.todo import resources
from shim.services.todo.resources import participant

_PARTY = ("type", "name", "canonical_name", "address", "external_id", "external_url")
_STATE = ("description", "status", "resolution")


class SentParty(Converted):
    """A participant as the Go side told of one: without members that are empty."""

    def convert(self, value: Any) -> dict[str, Any] | None:
        """The participant with its type; null stays null."""
        members = {} if value is None else participant(value)
        return {key: members[key] for key in _PARTY if members.get(key)} or None


class SentState(Lower):
    """A status or a resolution; Go's names lacked one."""

    def convert(self, value: Any) -> str | None:
        """The name; null stays null."""
        return "" if value == "INVALID" else super().convert(value)


class SentUser(ShortUser):
    """A user inside a tracker."""

    class Meta:
        """marshmallow's options: the order of the keys."""

        fields = ("name", "canonical_name")


class TrackerOfLabel(resources.ShortTracker):
    """A tracker inside a label, with upstream's own times."""

    created: Field[Any] = Plain()
    updated: Field[Any] = Plain()

    class Meta:
        """marshmallow's options: the order of the keys."""

        fields = ("id", "created", "updated", "name", "owner")


class TrackerOfTicket(TrackerOfLabel):
    """A tracker inside a ticket."""

    owner = fields.Nested(SentUser)


class SentTracker(resources.WrittenTracker):
    """A tracker on its own."""

    visibility = Lower()
    owner = fields.Nested(SentUser)

    class Meta:
        """marshmallow's options: the order of the keys."""

        fields = ("id", "created", "updated", "name", "description", "visibility", "default_access", "owner")


class SentLabel(resources.Label):
    """A label."""

    created: Field[Any] = Plain()
    tracker = fields.Nested(TrackerOfLabel)

    class Meta:
        """marshmallow's options: the order of the keys."""

        fields = ("name", "created", "colors", "tracker")


class SentTicket(resources.ShortTicket):
    """A ticket, with its enums as GraphQL has them; labels and assignees were never told."""

    created = Plain()
    updated = Plain()
    description = Plain()
    status = Plain()
    resolution = Plain()
    submitter = SentParty()
    tracker = fields.Nested(TrackerOfTicket)
    labels: Field[Any] = fields.Constant(None)
    assignees: Field[Any] = fields.Constant(None)

    class Meta:
        """marshmallow's options: the order of the keys."""

        fields = ("id", "ref", "created", "updated", "title", *_STATE, "submitter", "tracker", "labels", "assignees")


class SentEvent(resources.Event):
    """An event, without what its comment said and which label it was."""

    created: Field[Any] = Plain()
    old_status = SentState()
    old_resolution = SentState()
    new_status = SentState()
    new_resolution = SentState()
    user: Field[Any] = SentParty()
    ticket = fields.Nested(SentTicket)
    comment: Field[Any] = fields.Constant(None)
    label: Field[Any] = fields.Constant(None)
    by_user: Field[Any] = SentParty()
    from_ticket: Field[Any] = fields.Constant(None)
