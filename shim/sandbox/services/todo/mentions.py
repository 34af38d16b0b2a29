"""What a text mentions: users as ~name, tickets as #1, tracker#1, ~owner/tracker#1 or by address."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

from shim.sandbox.engine.errors import MAX_INTEGER, PanicError
from shim.sandbox.instance.call import Call
from shim.sandbox.services.todo.participants import User
from shim.sandbox.services.todo.ticket import Ticket
from shim.sandbox.services.todo.tracker import Tracker

_USER = re.compile(r"~(\w+)\b(?:[^/]|\Z)", re.ASCII)
_NUMBER = re.compile(r"#(\d+)\b", re.ASCII)
_OWNER = re.compile(r"~(\w+)/\Z", re.ASCII)
_WORD = f"{string.ascii_letters}{string.digits}_"
_NAME = f"{_WORD}.-"
_ADDRESS = re.compile(r"(https?://[A-Za-z0-9.]+)/~(\w+)/([A-Za-z0-9_.-]+)/(\d+)\b", re.ASCII)


@dataclass(frozen=True)
class Mentions:
    """The users who are mentioned, and the rows of the tickets, None for one that does not exist."""

    users: list[User]
    tickets: list[int | None]


NOBODY = Mentions([], [])


def mentions(call: Call, tracker: Tracker, text: str | None) -> Mentions:
    """The mentions in a text of the caller's on `tracker`, each once and in order.

    A ticket without an owner is sought among the writer's own trackers (todo dossier, G26). Raises PanicError
    for a number that no column can hold.
    """
    names = dict.fromkeys(_USER.findall(text or ""))
    users = [user for user in map(call.store.users.named, names) if user]
    places = dict.fromkeys(_places(call, tracker, text or ""))
    return Mentions(users, [_find(call, *place) for place in places])


def _places(call: Call, tracker: Tracker, text: str) -> Iterator[tuple[str, str, int]]:
    end = 0
    for number in _NUMBER.finditer(text):
        owner, name = _before(text[end : number.start()])
        yield owner or call.user.username, name or tracker.name, int(number[1])
        end = number.end()
    own = call.instance.get(call.service.name, "origin")
    for origin, owner, name, number in _ADDRESS.findall(text):
        if origin == own:
            yield owner, name, int(number)


def _before(text: str) -> tuple[str, str]:
    """Owner and name of the tracker that a text ends in, empty where they are not given."""
    rest = text.rstrip(_NAME)
    tilde = len(rest.removesuffix("/").rstrip(_WORD)) - 1
    owner = _OWNER.match(rest, tilde) if tilde >= 0 else None
    return owner[1] if owner else "", text[len(rest) :]


def _find(call: Call, owner: str, name: str, number: int) -> int | None:
    if number > MAX_INTEGER:
        raise PanicError
    tracker: Tracker | None = call.store.trackers.first(lambda row: row.owner.username == owner and row.name == name)
    ticket: Ticket | None = call.store.tickets.first(
        lambda row: tracker is not None and (row.tracker_id, row.id) == (tracker.id, number)
    )
    return ticket.row_id if ticket else None
