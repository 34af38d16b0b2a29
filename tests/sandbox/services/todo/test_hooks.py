"""Webhooks: the recorded deliveries, and who hears of what."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from shim.recordings.answer import Answer
from shim.sandbox.services.todo import hooks

from ...conftest import ROOT, Client
from ...recorded import assert_got, load, play
from . import kit

CREATE = {
    "user": """
        mutation ($config: UserWebhookInput!) { createUserWebhook(config: $config) { id } }
    """,
    "tracker": """
        mutation ($tracker: Int!, $config: TrackerWebhookInput!) {
          createTrackerWebhook(trackerId: $tracker, config: $config) { id }
        }
    """,
    "ticket": """
        mutation ($tracker: Int!, $ticket: Int!, $config: TicketWebhookInput!) {
          createTicketWebhook(trackerId: $tracker, ticketId: $ticket, config: $config) { id }
        }
    """,
}
KINDS = {kind.name: kind for kind in (hooks.USER, hooks.TRACKER, hooks.TICKET)}
HIDE = """
mutation ($id: Int!, $visibility: Visibility!) {
  updateTracker(id: $id, input: {visibility: $visibility}) { id }
}
"""
DELETE = "mutation ($id: Int!) { deleteTracker(id: $id) { id } }"
DELETE_TICKET = """
mutation ($tracker: Int!, $ticket: Int!) { deleteTicket(trackerId: $tracker, ticketId: $ticket) { id } }
"""
FIND = """
query ($name: String!, $id: Int!) { me { tracker(name: $name) { webhook(id: $id) { url } } } }
"""
PAYLOAD = "query { webhook { event } }"
# What the recorder did by REST stands between the events of other files.
FILES = ("tracker-create", "tracker-update", "label-create", "label-update", "event-create", "label-delete")
PAIRS = [
    item
    for name in (*FILES, "ticket-delete")
    for item in load(ROOT / "todo" / "webhooks" / f"{name}.yaml")
    if item["trigger"]["by"] == "graphql"
]
_ID = re.compile(r'"id":[0-9]+')


def _subscribe(client: Client, kind: str, user: str, query: str = PAYLOAD, **place: int) -> str:
    """Subscribe to all events of a kind; the address."""
    url = f"http://receiver.example.net/{kind}/{user}/{len(client.receiver.answers)}"
    config = {"url": url, "events": list(KINDS[kind].events), "query": query}
    client.data(CREATE[kind], user=user, config=config, **place)
    client.receiver.answers[url] = Answer(200, {}, b"")
    return url


def _events(client: Client) -> list[tuple[str, str]]:
    """What came to whom: the first two parts of the path, and the event."""
    client.sandbox.drain()
    places = (urlsplit(url).path.rpartition("/")[0][1:] for url, _, _ in client.receiver.got)
    events = (headers["X-Webhook-Event"] for _, headers, _ in client.receiver.got)
    return list(zip(places, events, strict=True))


def test_recorded_deliveries_of_2026(todo2026: Client) -> None:
    folder = ROOT / "era2026" / "todo"
    items = load(folder / "graphql" / "webhooks" / "deliveries.yaml")
    configs = [item["variables"]["config"] for item in items if "config" in item["variables"]]
    todo2026.receiver.answers = {config["url"]: Answer(200, {}, b"") for config in configs}
    play(todo2026, items)
    assert_got(todo2026, load(folder / "webhooks" / "deliveries.yaml"))


def test_recorded_deliveries_of_2024(todo: Client) -> None:
    natives = [(item["level"], native) for item in PAIRS for native in item["native"]]
    queries = {(level, native["subscriber"], native["query"]) for level, native in natives}
    addresses = {
        (level, who): _subscribe(todo, level, who.rstrip("0123456789"), query, **_place(level, who))
        for level, who, query in queries
    }
    done: dict[str, Any] = {}
    for item in PAIRS:
        if item["trigger"] != done:
            done = item["trigger"]
            todo.receiver.got.clear()
            todo.data(done["request"], user=done["as"], **done["variables"])
            todo.sandbox.drain()
        for native in item["native"]:
            _assert_delivered(todo, addresses[item["level"], native["subscriber"]], native)


def _place(level: str, who: str) -> dict[str, int]:
    """What a recorded subscriber follows: the tracker 41, or the ticket there with the number in the name."""
    number = re.search("[0-9]+", who)
    tracker = {} if level == "user" else {"tracker": 41}
    return {**tracker, "ticket": int(number[0])} if number else tracker


def _assert_delivered(client: Client, url: str, native: dict[str, Any]) -> None:
    """Compare the one delivery of an event with the recorded one, but for ids."""
    ((headers, body),) = (
        (headers, body.decode())
        for address, headers, body in client.receiver.got
        if (address, headers["X-Webhook-Event"]) == (url, native["event"])
    )
    wanted = {name: value for name, value in native["headers"].items() if name != "User-Agent"}
    assert client.symbols.compare(wanted, dict(headers)) is None
    assert client.symbols.compare(*(_ID.sub('"id":0', text) for text in (native["body"], body))) is None


def test_who_hears_of_a_ticket(todo: Client) -> None:
    tracker = kit.tracker(todo)
    number = kit.ticket(todo, tracker)
    for user in ("jdoe", "bob"):
        _subscribe(todo, "user", user)
    _subscribe(todo, "tracker", "alice", tracker=tracker)
    _subscribe(todo, "ticket", "alice", tracker=tracker, ticket=number)
    kit.comment(todo, tracker, number, "t", user="bob")
    later = kit.ticket(todo, tracker, user="bob")
    todo.data(DELETE_TICKET, tracker=tracker, ticket=number)
    assert _events(todo) == [
        ("tracker/alice", "EVENT_CREATED"),
        ("ticket/alice", "EVENT_CREATED"),
        ("user/bob", "TICKET_CREATED"),
        ("tracker/alice", "TICKET_CREATED"),
        ("tracker/alice", "TICKET_DELETED"),
    ]
    assert len(todo.store.webhooks["ticket"]) == 0
    assert later == number + 1


def test_who_hears_of_a_tracker(todo: Client) -> None:
    tracker = kit.tracker(todo)
    _subscribe(todo, "user", "jdoe")
    _subscribe(todo, "user", "bob")
    _subscribe(todo, "tracker", "bob", tracker=tracker)
    kit.label(todo, tracker)
    todo.data(HIDE, id=tracker, visibility="UNLISTED")
    todo.data(DELETE, id=tracker)
    assert _events(todo) == [
        ("tracker/bob", "LABEL_CREATED"),
        ("user/jdoe", "TRACKER_UPDATE"),
        ("tracker/bob", "TRACKER_UPDATE"),
        ("user/jdoe", "TRACKER_DELETED"),
    ]
    assert len(todo.store.webhooks["tracker"]) == 0


def test_nobody_hears_of_what_they_no_longer_see(todo: Client) -> None:
    tracker = kit.tracker(todo)
    number = kit.ticket(todo, tracker)
    for user in ("jdoe", "bob"):
        _subscribe(todo, "tracker", user, tracker=tracker)
        _subscribe(todo, "ticket", user, tracker=tracker, ticket=number)
    todo.data(HIDE, id=tracker, visibility="PRIVATE")
    kit.comment(todo, tracker, number, "t")
    assert _events(todo) == [
        ("tracker/jdoe", "TRACKER_UPDATE"),
        ("tracker/jdoe", "EVENT_CREATED"),
        ("ticket/jdoe", "EVENT_CREATED"),
    ]


def test_a_subscription_is_found_on_its_own_tracker_only(todo: Client) -> None:
    tracker = kit.tracker(todo)
    kit.tracker(todo, "other")
    _subscribe(todo, "tracker", "jdoe", tracker=tracker)
    (row,) = todo.store.webhooks["tracker"]
    assert todo.data(FIND, name="fresh", id=row.id) == {"me": {"tracker": {"webhook": {"url": row.url}}}}
    assert todo.errors(FIND, name="other", id=row.id) == [f"No tracker webhook by ID {row.id} found for this user"]


@pytest.mark.parametrize(("kind", "place"), [("tracker", {}), ("ticket", {"ticket": 1})])
def test_nobody_subscribes_to_what_they_do_not_see(todo: Client, kind: str, place: dict[str, int]) -> None:
    tracker = kit.tracker(todo)
    kit.ticket(todo, tracker)
    todo.data(HIDE, id=tracker, visibility="PRIVATE")
    config = {"url": "http://receiver.example.net/", "events": ["EVENT_CREATED"], "query": PAYLOAD}
    refused = todo.errors(CREATE[kind], user="bob", tracker=tracker, config=config, **place)
    assert refused == ["Access denied"]
