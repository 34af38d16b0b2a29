"""What a service declares of its webhooks, and how a native delivery becomes an old payload (conventions 8, 9).

Nothing here asks, sends or keeps anything: the body of a native delivery goes in, the text of an old one comes out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, NamedTuple, NoReturn

from shim.rest.json import compact, dumps
from shim.settings import ERAS
from shim.upstream import Operation, UpstreamError
from shim.upstream.shape import check

MOST_CHARACTERS = 65536
"""What the Python sender cut a payload to, before it signed it."""
Row = Mapping[str, Any]
_ROOT = "webhook"
_DAMAGED = (LookupError, TypeError, ValueError, AttributeError, RecursionError)


class Untranslatable(Exception):
    """A native body that no old payload can be made of. The message says why, with nothing of the body in it."""


class Sender(Enum):
    """Which part of an old service wrote a payload: each had its own JSON, dates and bounds (conventions 8.3)."""

    GO = "go"
    PYTHON = "python"

    def write(self, value: Any) -> str:
        """The text of a payload; of Python's only the beginning, be it broken JSON."""
        return compact(value) if self is Sender.GO else dumps(value)[:MOST_CHARACTERS]


@dataclass(frozen=True)
class Native:
    """A native delivery: `told` is what its query was answered with below `webhook`.

    `failed` says that a field of it could not be had. `nullable` are the members that may be null without that,
    `lists` those that are lists. `user` is the name of who subscribed.
    """

    event: str
    uuid: str
    date: str
    told: Row
    failed: bool
    nullable: frozenset[str]
    lists: frozenset[str]
    user: str = ""

    def whole(self) -> Row:
        """All that was asked for. Raises Untranslatable where something of it is missing."""
        if self.failed or not self._is_whole(_ROOT, self.told):
            raise Untranslatable("a field of the event could not be had")
        return self.told

    def id(self, member: str) -> int:
        """The id of the object that it tells of, whatever else is missing. Raises Untranslatable without one."""
        value = self.told[member]["id"]
        if type(value) is not int:
            raise Untranslatable("the event tells of nothing")
        return value

    def _is_whole(self, key: str, value: Any) -> bool:
        """Whether a member's value holds neither a null nor a list where it may not."""
        if value is None:
            return key in self.nullable
        if isinstance(value, list) is not (key in self.lists):
            return False
        if isinstance(value, list):
            return all(self._is_whole("", item) for item in value)
        return not isinstance(value, dict) or all(self._is_whole(name, below) for name, below in value.items())


Make = Callable[[Native], Any]
"""A payload's value of a native delivery; None where nothing was sent. May fail over a damaged body in any way."""


class Form(NamedTuple):
    """How one of the senders told of an event."""

    sender: Sender
    make: Make


@dataclass(frozen=True)
class Event:
    """An event that old subscriptions name, e.g. `repo:update` for REPO_UPDATE.

    `scope` is the old scope that it took; `grants` are those without which a token's subscription is refused, or its
    query answered in part only. `forms` are the payloads that were sent of it, the one of the native event's own cause
    first; without any, the event was accepted and never sent.
    """

    legacy: str
    native: str
    scope: str
    grants: tuple[str, ...]
    forms: tuple[Form, ...] = ()

    def form(self, sender: Sender | None) -> Form | None:
        """The form of a sender, or where there is none the first."""
        own = (form for form in self.forms if form.sender is sender)
        return next(own, self.forms[0] if self.forms else None)


class Translation(NamedTuple):
    """What becomes of a native delivery: its event, UUID and time, and the old payload; None where nothing was sent."""

    event: Event
    uuid: str
    date: str
    payload: str | None


class Parents(NamedTuple):
    """How a kind's parents are found among a user's own by their ids, as no query takes one.

    `listing` is the operation that lists them (`id`, `name`), `listed` where in its answer; `name` and `number` are
    what the operations of the kind call a parent's name, and the number below it; `path` leads to what has
    subscriptions.
    """

    listing: str
    listed: tuple[str, ...]
    name: str
    path: tuple[str, ...]
    number: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of old subscriptions: those below one prefix, e.g. `/api/<u>/repos/<r>` (conventions 8.2).

    `query` names the operation that a native subscription of the kind is made with, which has no variables; `eras` are
    those in which upstream tells of these events; `internal` says that only other servers could subscribe. `nullable`
    and `lists` describe the answer to the query as Native has it. `parents` are None where subscriptions hang at the
    user, or are asked for by the parent's id.
    """

    name: str
    prefix: str
    query: str
    events: tuple[Event, ...]
    eras: tuple[str, ...] = ERAS
    internal: bool = False
    nullable: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    parents: Parents | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """Where in an answer the subscriptions are."""
        return self.parents.path if self.parents else ()

    def translate(
        self, operation: Operation, body: bytes, sender: Sender | None = None, *, user: str = ""
    ) -> Translation:
        """The old delivery of a native one, which was made with `operation`, in the form of a sender (None: the first).

        `user` is the name of who subscribed. Raises Untranslatable for a body that is not whole, or not what the
        operation asks for.
        """
        native = replace(self._native(operation, body), user=user)
        event = next((event for event in self.events if event.native == native.event), None)
        if event is None:
            raise Untranslatable("an event that was not asked for")
        form = event.form(sender)
        payload = None if form is None else _text(form, native)
        return Translation(event, native.uuid, native.date, payload)

    def _native(self, operation: Operation, body: bytes) -> Native:
        answer = _parsed(body)
        data = answer.get("data")
        if not isinstance(data, dict):
            raise Untranslatable("the event comes without data")
        try:
            check(operation, {}, data)
        except UpstreamError:
            raise Untranslatable("the event has another form than was asked for") from None
        told: Any = data.get(_ROOT)
        failed = bool(answer.get("errors"))
        match told:
            case {"event": str(event), "uuid": str(uuid), "date": str(date)}:
                return Native(event, uuid, date, told, failed, self.nullable, self.lists)
        raise Untranslatable("the event has no name, time or UUID")


def go(make: Make) -> Form:
    """How the Go side of a service told of an event."""
    return Form(Sender.GO, make)


def python(make: Make) -> Form:
    """How its Python side did."""
    return Form(Sender.PYTHON, make)


def removed(member: str) -> Make:
    """The payload of what is gone: its id alone."""
    return lambda native: {"id": native.id(member)}


def _text(form: Form, native: Native) -> str | None:
    try:
        value = form.make(native)
        text = None if value is None else form.sender.write(value)
    except _DAMAGED:
        raise Untranslatable("the event can't be read") from None
    return text


def _parsed(body: bytes) -> Row:
    """The object in a body; bytes that are no UTF-8 are kept as surrogates, as the API sends them (git F14)."""
    try:
        answer = json.loads(body.decode("utf-8", "surrogateescape"), parse_constant=_refused)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise Untranslatable("the event is no JSON object")
    return answer


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
