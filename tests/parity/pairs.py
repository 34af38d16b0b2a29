"""Recorded webhooks in pairs, what the old service sent and what the native one sends, and how a translation fits them.

A native body was recorded with a query of its own; a translation gets of it what the shim's query selects.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, NamedTuple

import yaml

from shim.services import discover
from shim.services.events import Kind, Sender, Translation
from tests.cassettes import FIXTURES
from tests.mock import select

SERVICES = {service.name: service for service in discover()}
NOW = "2026-11-09T10:11:12.131415Z"
UUID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
_NOWS = {Sender.GO: NOW, Sender.PYTHON: "2026-11-09T10:11:12+00:00"}
_OF_NO_KIND = "query Wide"
_TYPES = {
    "REPO": "RepositoryEvent",
    "GIT": "GitEvent",
    "PROFILE": "ProfileUpdateEvent",
    "SSH": "SSHKeyEvent",
    "PGP": "PGPKeyEvent",
}
ALONE = "no old delivery was recorded"


class Old(NamedTuple):
    """What an old service sent: its event, who sent it, the body."""

    event: str
    sender: Sender
    body: str


@dataclass(frozen=True)
class Pair:
    """One recorded trigger: what the native subscriptions of a kind were sent (bodies), and what old ones were.

    `old` is None where only native ones were recorded. `kind` is the name of one that the service declares, `user` who
    subscribed, where that matters.
    """

    service: str
    era: str
    file: str
    number: int
    kind: str
    natives: tuple[str, ...] = ()
    old: tuple[Old, ...] | None = ()
    user: str = ""

    @property
    def name(self) -> str:
        """How a test calls it."""
        return f"{self.service}-{self.era}-{self.file}-{self.number}-{self.kind}"


def items(service: str, file: str) -> list[dict[str, Any]]:
    """The items of a recording below `webhooks/`."""
    path = FIXTURES / service / "webhooks" / f"{file}.yaml"
    return yaml.load(path.read_bytes(), yaml.CSafeLoader)  # type: ignore[no-any-return]


def of_git() -> Iterator[Pair]:
    """What git.sr.ht of 2024 sent (47): it tells of no push but as REPO_UPDATE."""
    for number, item in enumerate(items("git", "user-events")):
        yield _pair("git", "user-events", number, "user", _listed(item["native"]), _listed(item["legacy"]))
    for number, item in enumerate(items("git", "pushes")):
        old = [*_listed(item["user_hook"]), *_listed(item["legacy"])]
        yield _pair("git", "pushes", number, "user", _listed(item["native"]), old)
    for number, item in enumerate(items("git", "native")):
        yield _pair("git", "native", number, "user", item["got"], None)


def of_todo() -> Iterator[Pair]:
    """What todo.sr.ht of 2024 sent (95); a subscription for whatever there is stands for none of the old kinds."""
    for path in sorted((FIXTURES / "todo" / "webhooks").glob("*.yaml")):
        for number, item in enumerate(items("todo", path.stem)):
            natives = [native for native in item["native"] if not native["query"].startswith(_OF_NO_KIND)]
            yield _pair("todo", path.stem, number, item["level"] or "ticket", natives, item["legacy"])


def of_lists() -> Iterator[Pair]:
    """What lists.sr.ht of 2024 sent (42). Native subscriptions of users were also told of changes of lists and of
    patchsets, of which old ones were not told.
    """
    for path in sorted((FIXTURES / "lists" / "webhooks").glob("*.yaml")):
        for number, item in enumerate(items("lists", path.stem)):
            told = [*item["legacy"], *item["native"]]
            kind = "user" if told[0]["to"].startswith("user") else "list"
            known = {event.native for event in kind_of("lists", kind).events}
            natives = [_as_asked(native) for native in item["native"] if native["event"] in known]
            yield _pair("lists", path.stem, number, kind, [native for native in natives if native], item["legacy"])


def of_meta() -> Iterator[Pair]:
    """What meta.sr.ht of 2024 sent (17), to each of one or two old subscriptions of whoever caused it.

    Where native ones fail, nobody had an old one beside.
    """
    for number, item in enumerate(items("meta", "events")):
        olds = [*_listed(item["legacy"]), *item["legacy_more"]]
        natives = _listed(item["native"]) * len(olds)
        yield _pair("meta", "events", number, "user", natives, olds, user=item["trigger"]["as"])
    for number, item in enumerate(items("meta", "failing")):
        yield _pair("meta", "failing", number, "user", item["received"], None, user=item["trigger"]["as"])


def _as_asked(native: dict[str, Any]) -> dict[str, Any] | None:
    """A native delivery with what the shim asks for in place of a mail's thread; None of one that failed, or of which
    the recording holds only the beginning.
    """
    try:
        answer = json.loads(native["body"])
    except ValueError:
        return None
    if answer["data"] is None:
        return None
    told = answer["data"]["webhook"]
    letter = (told.get("patchset") or {}).get("coverLetter")
    for mail in filter(None, (told.get("email"), letter)):
        _lead_upwards(mail)
    patchset = told.get("patchset") or (told.get("email") or {}).get("patchset")
    for patch in patchset["patches"]["results"] if patchset else ():
        patch["stored"] = [f"<{patch['messageID']}>"]
    for name, kind in (("list", "MailingListEvent"), ("email", "EmailEvent"), ("patchset", "PatchsetEvent")):
        if name in told:
            told["__typename"] = kind
    return {**native, "body": json.dumps(answer, ensure_ascii=False)}


def _lead_upwards(mail: dict[str, Any]) -> None:
    """Put the way up to the root of its thread into a mail, as far as it was recorded."""
    root, parent = mail["thread"]["root"]["id"], mail["parent"] and mail["parent"]["id"]
    top: dict[str, Any] = {"id": root, "answers": [], "above": ["?"], "parent": None}
    above = None if parent is None else top if parent == root else {**top, "id": parent, "parent": top}
    stored = [f"<{mail['messageID']}>"]
    mail |= {
        "answers": mail.get("hInReplyTo", []),
        "above": mail.get("hFrom", ["?"]),
        "parent": above,
        "stored": stored,
    }


def _pair(
    service: str,
    file: str,
    number: int,
    kind: str,
    natives: Sequence[Any],
    old: Sequence[Any] | None,
    user: str = "",
) -> Pair:
    bodies = tuple(native["body"] for native in natives)
    sent = None if old is None else tuple(map(_old, old))
    return Pair(service, "2024", file, number, kind, bodies, sent, user)


def _listed(value: Any) -> list[Any]:
    return [] if value is None else [value]


def _old(delivery: dict[str, Any]) -> Old:
    agent = delivery["headers"].get("User-Agent", "Go")
    sender = Sender.PYTHON if agent.startswith("python") else Sender.GO
    return Old(delivery["headers"]["X-Webhook-Event"], sender, told(delivery["body"], sender))


def told(body: str, sender: Sender = Sender.GO) -> str:
    """A recorded body with a time and a UUID for their symbols."""
    return body.replace("{now}", _NOWS[sender]).replace("{uuid}", UUID)


def kind_of(service: str, name: str) -> Kind:
    """A kind that a service declares."""
    return next(kind for kind in SERVICES[service].hooks if kind.name == name)


def asked(service: str, era: str, kind: str, body: str) -> bytes:
    """The body that a native delivery has when it is made with the query of a kind; `body` is a recorded one."""
    operation = SERVICES[service].operations.of(kind_of(service, kind).query, era)
    answer = json.loads(told(body))
    data = answer["data"] and select(operation.text, {}, _typed(answer["data"]))
    return json.dumps({**answer, "data": data}, ensure_ascii=False).encode("utf-8", "surrogateescape")


def _typed(data: Any) -> Any:
    """Data whose event says its type: git's recorded queries asked for the event's name alone."""
    event = data.get("webhook") or {}
    name = _TYPES.get(str(event.get("event")).partition("_")[0])
    return {**data, "webhook": {"__typename": name, **event}} if name else data


def translated(pair: Pair, body: str, sender: Sender | None = None) -> Translation:
    """What becomes of one of a pair's native bodies."""
    kind = kind_of(pair.service, pair.kind)
    operation = SERVICES[pair.service].operations.of(kind.query, pair.era)
    return kind.translate(operation, asked(pair.service, pair.era, pair.kind, body), sender, user=pair.user)


def findings(pair: Pair) -> list[str]:
    """How the translations of a pair's native deliveries differ from its old ones; none where they are equal."""
    if pair.old is None:
        return [ALONE]
    sent = [(translated(pair, body), body) for body in pair.natives]
    sent = [(translation, body) for translation, body in sent if translation.payload is not None]
    events = dict.fromkeys([*(old.event for old in pair.old), *(translation.event.legacy for translation, _ in sent)])
    found: list[str] = []
    for event in events:
        olds = [old for old in pair.old if old.event == event]
        news = [new for new in sent if new[0].event.legacy == event]
        found += _compared(pair, event, olds, news)
    return found


def _compared(pair: Pair, event: str, olds: list[Old], news: list[tuple[Translation, str]]) -> Iterator[str]:
    """Old deliveries of an event beside new ones, which come in their first form; others are compared in theirs."""
    first = news[0][0].event.forms[0].sender if news else Sender.GO
    for old, new in zip_longest((old for old in olds if old.sender is first), news):
        if old is None:
            yield f"{event} was not sent"
        elif new is None:
            yield f"{event} by {old.sender.value} is missing"
        elif old.body != new[0].payload:
            yield from _differing(event, old.body, new[0].payload)
    for old in (old for old in olds if old.sender is not first):
        forms = (translated(pair, body, old.sender).payload for _, body in news)
        told = "is not sent beside" if old.body in forms else "is missing"
        yield f"{event} by {old.sender.value} {told}"


def _differing(event: str, old: str, new: str | None) -> Iterator[str]:
    places = sorted(set(differences(json.loads(old), json.loads(new or "null"))))
    yield from (f"{event} differs at {place}" for place in places or ["its text"])


def differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """The places in which two JSON values differ, items of lists without their number."""
    if isinstance(old, dict) and isinstance(new, dict):
        if list(old) != list(new):
            yield f"{path} (keys)".lstrip()
        for key in old.keys() & new.keys():
            yield from differences(old[key], new[key], f"{path}.{key}".lstrip("."))
    elif isinstance(old, list) and isinstance(new, list):
        for one, other in zip_longest(old, new):
            yield from differences(one, other, f"{path}[]")
    elif old != new:
        yield path
