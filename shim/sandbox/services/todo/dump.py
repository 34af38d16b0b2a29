"""The dump of a tracker: zipped JSON with labels, tickets and events, signed where users wrote something."""

from __future__ import annotations

import gzip
import re
import secrets
from typing import TYPE_CHECKING, Any

from flask import Response
from werkzeug.wrappers import Request

from shim.sandbox.engine import gojson
from shim.sandbox.engine.errors import DiedError, PanicError
from shim.sandbox.engine.responses import text_response
from shim.sandbox.services.todo import loaders
from shim.sandbox.services.todo.event import CommentText, Event
from shim.sandbox.services.todo.numbers import Access, EventType
from shim.sandbox.services.todo.participants import EmailAddress, Entity, ExternalUser, User, entity

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call
    from shim.sandbox.services.todo.label import Label
    from shim.sandbox.services.todo.ticket import Ticket
    from shim.sandbox.services.todo.tracker import Tracker

Members = dict[str, Any]
_NUMBER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_CHANGES = ("old_status", "old_resolution", "new_status", "new_resolution")


def download(call: Call, request: Request, tracker: str) -> Response:
    """The dump of a tracker that the caller sees. Raises DiedError where the server hangs up."""
    if request.method != "GET":
        return Response(status=405, headers={"Allow": "GET"})
    if not _NUMBER.fullmatch(tracker):
        return text_response(400, "Invalid tracker ID\r\n")
    found = loaders.tracker(call, int(tracker))
    try:
        content = gzip.compress(gojson.encode(_tracker(call, found)) + b"\n") if found else b""
    except PanicError as error:
        raise DiedError(f"no right on tracker {tracker}") from error
    headers = {"Content-Disposition": 'attachment; filename="tracker.json.gz"'}
    return Response(content, 200 if found else 500, headers, content_type="application/gzip")


def signed(call: Call, value: Members, nonce: str) -> str:
    """The signature that vouches for a text in a dump."""
    return call.instance.sign(gojson.encode(value) + nonce.encode())


def ticket_claim(tracker_id: int, ticket: Members) -> Members:
    """What the signature of a dumped ticket covers."""
    return {
        "tracker_id": tracker_id,
        "ticket_id": ticket["id"],
        "subject": ticket["subject"],
        "body": ticket.get("body", ""),
        "submitter_id": ticket["submitter"]["user_id"],
        "upstream": ticket["upstream"],
    }


def comment_claim(tracker_id: int, ticket_id: int, event: Members) -> Members:
    """What the signature of a dumped comment covers."""
    return {
        "tracker_id": tracker_id,
        "ticket_id": ticket_id,
        "comment": event["comment"]["text"],
        "author_id": event["comment"]["author"]["user_id"],
        "upstream": event["upstream"],
    }


def _tracker(call: Call, tracker: Tracker) -> Members:
    browse, store = tracker.allows(Access.BROWSE), call.store
    tickets = store.tickets.where(lambda row: row.tracker_id == tracker.id)
    seen = [row for row in tickets if browse or row.submitter(call) is call.user]
    seen.sort(key=lambda row: row.updated)
    return {
        "id": tracker.id,
        "owner": _user(tracker.owner),
        "created": tracker.created,
        "updated": tracker.updated,
        "name": tracker.name,
        **_given(
            description=tracker.description,
            labels=list(map(_label, store.labels.where(lambda row: row.tracker_id == tracker.id))),
            tickets=[_ticket(call, tracker.id, row) for row in seen],
        ),
    }


def _label(label: Label) -> Members:
    return {
        "id": label.id,
        "created": label.created,
        "name": label.name,
        "background_color": label.background_color,
        "foreground_color": label.foreground_color,
    }


def _ticket(call: Call, tracker_id: int, ticket: Ticket) -> Members:
    upstream = _upstream(call)
    members = {
        "id": ticket.id,
        "created": ticket.created,
        "updated": ticket.updated,
        "submitter": _participant(ticket.submitter(call)),
        "ref": ticket.ref(call),
        "subject": ticket.subject,
        **_given(body=ticket.body),
        "status": _cased(call, ticket.status),
        "resolution": _cased(call, ticket.resolution),
        **_given(
            labels=[label.name for label in ticket.labels(call)],
            assignees=[_user(user) for user in ticket.assignees(call)],
        ),
        "upstream": upstream,
    }
    if members["submitter"]["type"] == "user":
        members |= _signature(call, ticket_claim(tracker_id, members))
    events = call.store.events.where(lambda row: row.ticket_id == ticket.row_id)
    return {**members, **_given(events=[_event(call, tracker_id, ticket.id, row) for row in events])}


def _event(call: Call, tracker_id: int, ticket_id: int, event: Event) -> Members:
    types, store = event.types, call.store
    person = entity(call, event.participant_id) if event.participant_id else None
    by = event.by_participant_id if types & (EventType.ASSIGNED_USER | EventType.UNASSIGNED_USER) else None
    members = {
        "id": event.id,
        "created": event.created,
        "event_type": [one.name for one in types.each()],
        **(_changed(call, event) if types & EventType.STATUS_CHANGE else {}),
        **_given(
            participant=_participant(person) if person else None,
            comment=_comment(call, event, person) if types & EventType.COMMENT and person else None,
            label=store.labels.get(event.label_id).name if event.label_id else None,
            by_user=_participant(entity(call, by)) if by else None,
        ),
        "upstream": _upstream(call),
    }
    if "comment" in members and members["participant"]["type"] == "user":
        members |= _signature(call, comment_claim(tracker_id, ticket_id, members))
    return members


def _changed(call: Call, event: Event) -> Members:
    return {name: _cased(call, getattr(event, name)) for name in _CHANGES}


def _comment(call: Call, event: Event, author: Entity) -> Members:
    row: CommentText = call.store.comments.get(event.comment_id)
    if row.text is None:
        raise DiedError(f"the text of comment {row.id} is null")
    return {"id": row.id, "created": event.created, "author": _participant(author), "text": row.text}


def _participant(person: Entity) -> Members:
    if isinstance(person, EmailAddress):
        return {"type": "email", **_given(name=person.name), "address": person.mailbox}
    if isinstance(person, ExternalUser):
        address = _given(external_url=person.external_url)
        return {"type": "external", "external_id": person.external_id, **address}
    known = _user(person)
    return {"type": "user", "user_id": known.pop("id"), **known}


def _user(user: User) -> Members:
    return {"id": user.id, "canonical_name": user.canonical_name, "name": user.username}


def _signature(call: Call, claim: Members) -> Members:
    nonce = secrets.token_hex(8)
    return {"X-Payload-Signature": signed(call, claim, nonce), "X-Payload-Nonce": nonce}


def _upstream(call: Call) -> str:
    return call.instance.get(call.service.name, "origin")


def _cased(call: Call, name: str) -> str:
    """Statuses and resolutions, which dumps of 2026 spell small."""
    return name.lower() if call.modern else name


def _given(**members: Any) -> Members:
    """The members that are not empty."""
    return {name: value for name, value in members.items() if value}
