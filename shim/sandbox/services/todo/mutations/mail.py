"""Tickets and comments that come by mail, for the mail server only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shim.sandbox.engine import times
from shim.sandbox.engine.errors import FieldError, PanicError, Validation
from shim.sandbox.services.todo import journal
from shim.sandbox.services.todo.mutations.comments import changed, comment
from shim.sandbox.services.todo.mutations.prelude import ticket_for, tracker_for
from shim.sandbox.services.todo.mutations.tags import put_on, take_off
from shim.sandbox.services.todo.mutations.tickets import check_texts, open_ticket, submittable
from shim.sandbox.services.todo.numbers import Access, EventType
from shim.sandbox.services.todo.participants import EmailAddress, Participant

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call
    from shim.sandbox.services.todo.event import Event
    from shim.sandbox.services.todo.ticket import Ticket

_LABELLING = {
    "LABEL": (put_on, EventType.LABEL_ADDED, "This label is already assigned to this ticket."),
    "UNLABEL": (take_off, EventType.LABEL_REMOVED, "This label is not assigned to this ticket."),
}


class MailMutations:
    """What the mail server asks for."""

    def submit_ticket_email(self, call: Call, tracker_id: int, input_: dict[str, Any]) -> Ticket | None:
        """Open a ticket."""
        given = Validation()
        check_texts(given, input_)
        given.end()
        tracker = submittable(call, tracker_id)
        if tracker is None:
            return None
        return open_ticket(call, tracker, _sender(call, input_), input_["subject"], input_.get("body"))

    def submit_comment_email(self, call: Call, tracker_id: int, ticket_id: int, input_: dict[str, Any]) -> Event:
        """Comment, and do what a command in the mail says."""
        tracker = tracker_for(call, tracker_id, Access.COMMENT)
        ticket = ticket_for(call, tracker_id, ticket_id)
        change = _change(ticket, input_)
        author = _sender(call, input_)
        _label(call, ticket, author, input_)
        return comment(call, tracker, ticket, author, input_["text"], change)


def _sender(call: Call, input_: dict[str, Any]) -> Participant:
    """Who wrote a mail. Raises PanicError for somebody without a name (todo dossier, Q33)."""
    row: Participant | None = call.store.participants.get(input_["senderId"])
    if row is None or (isinstance(row.entity, EmailAddress) and row.entity.name is None):
        raise PanicError
    return row


def _change(ticket: Ticket, input_: dict[str, Any]) -> dict[str, str]:
    if input_.get("cmd") == "REOPEN":
        return changed(ticket, "REPORTED", "UNRESOLVED")
    if input_.get("cmd") != "RESOLVE":
        return {}
    if input_.get("resolution") is None:
        raise FieldError("Resolution is required when cmd is RESOLVE")
    return changed(ticket, "RESOLVED", input_["resolution"])


def _label(call: Call, ticket: Ticket, author: Participant, input_: dict[str, Any]) -> None:
    """Put labels on or take them off; nobody is told of these events."""
    if input_.get("cmd") not in _LABELLING:
        return
    act, kind, fault = _LABELLING[input_["cmd"]]
    for label_id in input_.get("labelIds") or ():
        if not act(call, ticket, label_id):
            raise FieldError(fault)
        columns = {"participant_id": author.id, "label_id": label_id}
        journal.write(call, ticket.row_id, kind, times.now(), **columns)
