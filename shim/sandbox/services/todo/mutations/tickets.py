"""Tickets: opening, changing and deleting them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from shim.sandbox.engine import gourl, times
from shim.sandbox.engine.errors import FieldError, PanicError, Validation, sql_text
from shim.sandbox.instance.call import Call
from shim.sandbox.services.todo import hooks, journal, loaders
from shim.sandbox.services.todo.mentions import NOBODY, mentions
from shim.sandbox.services.todo.mutations.prelude import Update, spoiled, ticket_for, tracker_for
from shim.sandbox.services.todo.numbers import Access, EventType
from shim.sandbox.services.todo.participants import Entity, ExternalUser
from shim.sandbox.services.todo.removal import remove_ticket
from shim.sandbox.services.todo.ticket import Ticket
from shim.sandbox.services.todo.tracker import Tracker

_ZERO = datetime(1, 1, 1, tzinfo=timezone.utc)


class TicketMutations:
    """Opening, changing and deleting tickets."""

    def submit_ticket(self, call: Call, tracker_id: int, input_: dict[str, Any]) -> Ticket | None:
        """Open a ticket; for the owner of the tracker also in another's name and at another time."""
        given = Validation()
        _check_texts(given, input_)
        both = (input_.get("externalId") is None) == (input_.get("externalUrl") is None)
        given.expect(both, "Must specify both externalId and externalUrl, or neither, but not one")
        given.end()
        if spoiled(call):
            return None
        tracker = _submittable(call, tracker_id)
        if tracker is None:
            return None
        created = _created(call, tracker, input_)
        author = external(input_) if input_.get("externalId") is not None else call.user
        texts = (input_["subject"], input_.get("body"))
        return _open_ticket(call, tracker, author, *texts, created, untold=call.modern)

    def update_ticket(self, call: Call, tracker_id: int, ticket_id: int, input_: dict[str, Any]) -> Ticket | None:
        """Change subject or body; the answer still shows when the ticket was changed before."""
        if "import" in input_:
            raise PanicError
        tracker_for(call, tracker_id, Access.EDIT)
        ticket = ticket_for(call, tracker_id, ticket_id)
        changes = _changes(call, input_)
        if spoiled(call):
            return None
        row: Ticket = call.store.tickets.get(ticket.row_id)
        for column, value in changes.items():
            setattr(row, column, value)
            setattr(ticket, column, value)
        row.updated = times.now()
        hooks.ticket_updated(call, ticket)
        return ticket

    def delete_ticket(self, call: Call, tracker_id: int, ticket_id: int) -> Ticket:
        """Delete a ticket."""
        tracker_for(call, tracker_id, Access.EDIT)
        ticket = ticket_for(call, tracker_id, ticket_id)
        remove_ticket(call, ticket)
        hooks.ticket_deleted(call, ticket)
        return ticket


def _check_texts(given: Validation, input_: dict[str, Any]) -> None:
    """Note what is wrong with the texts of a new ticket."""
    message = "Ticket subject must be fewer than to 2049 characters."
    given.expect(len(input_["subject"].encode()) <= 2048, message, field="subject")
    _check_body(given, input_.get("body"))


def _check_body(given: Validation, body: str | None) -> None:
    message = "Ticket body must be less than 16 KiB in size"
    given.expect(len((body or "").encode()) <= 16384, message, field="body")


def _submittable(call: Call, tracker_id: int) -> Tracker | None:
    """A tracker that takes tickets from the caller; an unknown one is no error here, but nothing."""
    tracker: Tracker | None = loaders.tracker(call, tracker_id)
    if tracker and not tracker.allows(Access.SUBMIT):
        raise call.denied()
    return tracker


def _created(call: Call, tracker: Tracker, input_: dict[str, Any]) -> datetime | None:
    """When a ticket is to have been opened. Raises ValidationError for whatever only owners may give."""
    given, own = Validation(), tracker.owner is call.user
    created: datetime | None = input_.get("created")
    if input_.get("externalId") is not None:
        message = "Cannot configure external user import unless you are the owner of this tracker"
        check_identity(given, own, input_, message)
    if created is not None:
        message = "Cannot configure creation time unless you are the owner of this tracker"
        given.expect(own, message, field="created")
        given.expect(created != _ZERO, "Cannot use zero value for creation time", field="created")
    given.end()
    return created


def check_identity(given: Validation, own: bool, identity: dict[str, Any], message: str) -> None:
    """Note what is wrong with the external user of an import. Raises ValidationError for a bad address."""
    given.expect(own, message)
    form = "Format of externalId field is '<third-party>:<name>', .e.g 'example.org:jdoe'"
    given.expect(":" in identity["externalId"], form, field="externalId")
    fault = _address_fault(identity["externalUrl"])
    if fault:
        given.expect(False, fault, field="externalUrl")
        given.end()


def _address_fault(text: str) -> str | None:
    try:
        scheme = gourl.parse(text).scheme
    except FieldError as error:
        return error.message
    return None if scheme in ("http", "https") else "Invalid URL scheme"


def external(identity: dict[str, Any]) -> ExternalUser:
    """The external user of an import."""
    return ExternalUser(sql_text(identity["externalId"]), sql_text(identity["externalUrl"]))


def _open_ticket(
    call: Call,
    tracker: Tracker,
    author: Entity,
    subject: str,
    body: str | None,
    created: datetime | None = None,
    *,
    untold: bool = False,
) -> Ticket:
    """Open a ticket; a given time is stored without its zone. Mentions that stay `untold` are looked up for nothing.

    The real server of 2026 adds them to what it has written already (the notes on 2026).
    """
    mentioned = mentions(call, tracker, body)
    row: Tracker = call.store.trackers.get(tracker.id)
    number, row.next_ticket_id = row.next_ticket_id, row.next_ticket_id + 1
    row.updated = now = times.now()
    opened = created.replace(tzinfo=timezone.utc) if created else now
    table = call.store.tickets
    columns = (tracker.id, opened, now, author, sql_text(subject), body and sql_text(body))
    ticket: Ticket = table.add(Ticket(number, table.take_id(), *columns))
    journal.write_text(call, ticket, EventType.CREATED, now, author, NOBODY if untold else mentioned)
    hooks.ticket_created(call, ticket)
    return ticket


def _changes(call: Call, input_: dict[str, Any]) -> dict[str, Any]:
    """The columns that an input changes. Raises ValidationError."""
    given = Update(call, input_)
    subject, body = given.text("subject"), given.nullable_text("body")
    message = "Ticket subject must be fewer than 2049 characters."
    given.expect(len((subject or "").encode()) < 2049, message, field="subject")
    _check_body(given, body)
    given.end()
    changes = {} if subject is None else {"subject": subject}
    return {**changes, "body": body} if "body" in input_ else changes
