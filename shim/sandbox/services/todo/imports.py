"""Filling a tracker from a dump."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from shim.sandbox.engine import times
from shim.sandbox.engine.errors import FieldError
from shim.sandbox.services.todo.dump import Members, comment_claim, signed, ticket_claim
from shim.sandbox.services.todo.event import CommentText, Event
from shim.sandbox.services.todo.label import Label, TicketLabel
from shim.sandbox.services.todo.numbers import EventType
from shim.sandbox.services.todo.participants import EmailAddress, Entity, ExternalUser
from shim.sandbox.services.todo.ticket import Ticket

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call
    from shim.sandbox.services.todo.tracker import Tracker

_MENTIONS = EventType.USER_MENTIONED | EventType.TICKET_MENTIONED
_STATES = ("old_status", "old_resolution", "new_status", "new_resolution")


def import_dump(call: Call, tracker: Tracker, content: bytes) -> None:
    """Fill the row of an empty tracker. Raises FieldError for what is not zipped.

    The real server reads the rest when it has answered already, wherefore nobody hears of a dump that is no
    dump, or of a tracker that is not empty: nothing happens then.
    """
    try:
        text = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise FieldError("gzip: invalid header") from error
    if tracker.next_ticket_id == 1:
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            _Import(call, tracker, json.loads(text)).store()


class _Import:
    """The rows that a dump makes."""

    def __init__(self, call: Call, tracker: Tracker, dump: Members) -> None:
        self._call = call
        self._tracker = tracker
        self._origin = call.instance.get(call.service.name, "origin")
        self._source: int = dump["id"]
        self._rows: list[tuple[str, Any]] = []
        self._labels = {row["name"]: self._label(row) for row in dump.get("labels", ())}
        self._numbers = [self._ticket(row) for row in dump.get("tickets", ())]

    def store(self) -> None:
        """Put the rows in."""
        for table, row in self._rows:
            getattr(self._call.store, table).add(row)
        self._tracker.next_ticket_id = max(self._numbers, default=0) + 1

    def _add(self, table: str, make: Callable[[int], Any]) -> int:
        """Make a row with the next id of a table."""
        row_id: int = getattr(self._call.store, table).take_id()
        self._rows.append((table, make(row_id)))
        return row_id

    def _label(self, row: Members) -> int:
        colors = (row["background_color"], row["foreground_color"])
        made = (times.parse(row["created"]), self._tracker.id, row["name"], *colors)
        return self._add("labels", lambda row_id: Label(row_id, *made))

    def _ticket(self, row: Members) -> int:
        claim = ticket_claim(self._source, row) if row["submitter"]["type"] == "user" else None
        state = (row["status"].upper(), row["resolution"].upper(), self._authenticity(row, claim))
        columns = (
            self._tracker.id,
            times.parse(row["created"]),
            times.parse(row["updated"]),
            self._participant(row["submitter"], row["upstream"]),
            row["subject"],
            row.get("body", ""),
            *state,
        )
        number: int = row["id"]
        ticket_id = self._add("tickets", lambda row_id: Ticket(number, row_id, *columns))
        for name in row.get("labels", ()):
            self._put_on(ticket_id, self._labels[name])
        for event in row.get("events", ()):
            self._event(event, number, ticket_id)
        return number

    def _put_on(self, ticket_id: int, label_id: int) -> None:
        self._add("ticket_labels", lambda row_id: TicketLabel(row_id, ticket_id, label_id))

    def _event(self, row: Members, number: int, ticket_id: int) -> None:
        """Mentions are left out."""
        types = EventType(sum(EventType[name] for name in row["event_type"]))
        if types & _MENTIONS:
            return
        states = _STATES if types & EventType.STATUS_CHANGE else ()
        columns = {
            "participant_id": self._someone(row, "participant"),
            "by_participant_id": self._someone(row, "by_user"),
            "comment_id": self._comment(row, number, ticket_id) if types & EventType.COMMENT else None,
            "label_id": self._labels[row["label"]] if "label" in row else None,
            **{name: row[name].upper() for name in states},
        }
        created = times.parse(row["created"])
        self._add("events", lambda row_id: Event(row_id, created, types, ticket_id, **columns))

    def _comment(self, row: Members, number: int, ticket_id: int) -> int:
        author, text = row["comment"]["author"], row["comment"]["text"]
        claim = comment_claim(self._source, number, row) if author["type"] == "user" else None
        authenticity = self._authenticity(row, claim)
        return self._add("comments", lambda row_id: CommentText(row_id, ticket_id, text, authenticity))

    def _someone(self, row: Members, role: str) -> int | None:
        return self._participant(row[role], row["upstream"]) if role in row else None

    def _participant(self, row: Members, upstream: str) -> int:
        """The participant who is somebody in the dump; users of another site are external users here."""
        people = self._call.store.participants
        return people.of(self._entity(row, upstream)).id  # type: ignore[no-any-return]

    def _entity(self, row: Members, upstream: str) -> Entity:
        if row["type"] == "email":
            return EmailAddress(row["address"], row.get("name", ""))
        if row["type"] == "external":
            return ExternalUser(row["external_id"], row.get("external_url", ""))
        known: Entity | None = self._call.store.users.named(row["name"])
        if upstream == self._origin and known:
            return known
        return ExternalUser(row["canonical_name"], f"{upstream}/{row['canonical_name']}")

    def _authenticity(self, row: Members, claim: Members | None) -> str:
        """Whether what a user of this site is said to have written bears a signature of this site."""
        if claim is None or row["upstream"] != self._origin:
            return "UNAUTHENTICATED"
        proof = signed(self._call, claim, row.get("X-Payload-Nonce", ""))
        return "AUTHENTIC" if proof == row.get("X-Payload-Signature") else "TAMPERED"
