"""The old resources of todo.sr.ht (todo 3, 4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields
from marshmallow.fields import Field

from shim.rest.compiled import Converted
from shim.rest.dates import LegacyTime
from shim.rest.described import ANYWHERE, HERE, said
from shim.rest.fields import Lower, Plain, Resource, ShortUser

RIGHTS = ("browse", "submit", "comment", "edit", "triage")
_PARTIES = {
    "User": {"type": "user", "canonical_name": "canonical_name", "name": "name"},
    "EmailAddress": {"type": "email", "address": "address", "name": "called"},
    "ExternalUser": {"type": "external", "external_id": "external_id", "external_url": "external_url"},
}


class Participant(Resource):
    """What a participant looks like, with the members of all types (todo 3.2)."""

    type = Plain(metadata=said("type", how="User: user, EmailAddress: email, ExternalUser: external", old="text"))
    canonical_name = Plain(metadata=said(when="of a user"))
    name = Plain(metadata=said("User:name", "EmailAddress:called", when="of a user or an e-mail address"))
    address = Plain(metadata=said(when="of an e-mail address"))
    external_id = Plain(metadata=said(when="of somebody of another site"))
    external_url = Plain(metadata=said(when="of somebody of another site"))


class Party(Converted):
    """A participant: a user, somebody with an e-mail address, or somebody of another site (todo 3.2)."""

    shape = Participant

    def convert(self, value: Any) -> dict[str, Any] | None:
        """The participant with its type; null stays null."""
        return None if value is None else participant(value)


class Rights(Converted):
    """The names of the rights that are granted, in the order of their bits (todo 2.2)."""

    old = "list of texts"
    how = f"the names of those that are true, in the order {', '.join(RIGHTS)}"

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
    owner = fields.Nested(ShortUser, metadata=said("owner|me"))
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
    colors = fields.Function(Colors().dump, metadata=said(HERE, shape=Colors))
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
    labels = fields.Function(
        lambda ticket: sorted(label["name"] for label in ticket["labels"]),
        metadata=said("labels.name", how="their names, sorted by code point", old="list of texts"),
    )
    assignees = fields.List(fields.Nested(ShortUser))


class Comment(Resource):
    """A comment inside an event (todo 3.6)."""

    id = Plain(metadata=said(how="the event's id, for GraphQL tells of no other"))
    created = LegacyTime()
    submitter = Party(metadata=said("changes.Comment:author"))
    text = Plain(metadata=said("changes.Comment:text"))


def _status(name: str, unsaid: str) -> Any:
    """What the members of a change of status say."""
    return said(f"changes.StatusChange:{name}", how=f"in lower case; {unsaid} is null")


class Event(Resource):
    """An event (todo 3.7); `shim.services.todo.events.flat` makes what is dumped here."""

    id = Plain()
    created: Field[Any] = LegacyTime()
    event_type = fields.List(Lower(), metadata=said("changes.event_type"))
    old_status = Lower(metadata=_status("oldStatus", "REPORTED"))
    old_resolution = Lower(metadata=_status("oldResolution", "UNRESOLVED"))
    new_status = Lower(metadata=_status("newStatus", "REPORTED"))
    new_resolution = Lower(metadata=_status("newResolution", "UNRESOLVED"))
    user: Field[Any] = Party(
        metadata=said(
            *(f"changes.{kind}:author" for kind in ("Created", "Comment", "StatusChange", "LabelUpdate")),
            *(f"changes.{kind}:user" for kind in ("Assignment", "UserMention")),
        )
    )
    ticket = fields.Nested(ShortTicket)
    comment: Field[Any] = fields.Nested(Comment, metadata=said(HERE, when="of a comment"))
    label: Field[Any] = Plain(metadata=said("changes.LabelUpdate:label.name"))
    by_user: Field[Any] = Party(
        metadata=said(*(f"changes.{kind}:author" for kind in ("Assignment", "UserMention", "TicketMention")))
    )
    from_ticket: Field[Any] = fields.Nested(
        ShortTicket, metadata=said("changes.fromTicket", "ticket", when="of a mention")
    )


_IMPORTED = said(how="as it was sent", old="text", when="of an imported comment")


class Caller(Resource):
    """Who has changed a ticket, as a participant, for descriptions."""

    type = Plain(metadata=said(how="user, of an imported comment external", old="text"))
    canonical_name = Plain(metadata=said("name", how="with ~ before it", when="of the caller"))
    name = Plain(metadata=said(when="of the caller"))
    external_id = Plain(metadata=_IMPORTED)
    external_url = Plain(metadata=_IMPORTED)


class ChangedComment(Comment):
    """A comment that was just written (todo 4.7)."""

    text = Plain(metadata=said(how="the text that was sent", old="text"))


class ChangedEvent(Event):
    """An event that the caller has made, as the answer of a change tells it (todo 4.7)."""

    user = Party(metadata=said("me", shape=Caller))
    comment = fields.Nested(ChangedComment, metadata=said(HERE, when="of a comment"))
    label = Plain(metadata=said(how="the name of the label that was removed or added", old="text"))
    by_user = Plain(metadata=said(how="constant null", old="null"))
    from_ticket = Plain(metadata=said(how="constant null", old="null"))


class Changed(Resource):
    """What a change of a ticket answers (todo 4.7)."""

    ticket = fields.Nested(Ticket)
    events = fields.List(fields.Nested(ChangedEvent), metadata=said(ANYWHERE))


def participant(entity: Mapping[str, Any]) -> dict[str, Any]:
    """An entity of upstream's as the old services showed it, with the members of its type only."""
    names = _PARTIES[entity["type"]]
    return {"type": names["type"], **{old: entity.get(names[old]) for old in list(names)[1:]}}
