"""What texts mention, and the events that follow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shim.sandbox.engine.errors import PANIC
from shim.sandbox.instance import Instance
from shim.sandbox.instance.call import Call
from shim.sandbox.instance.caller import Caller
from shim.sandbox.services.todo.mentions import mentions

from ...conftest import Client
from . import kit

ORIGIN = "https://todo.example.org"
Mentioned = Callable[[int, str], tuple[list[str], list[Any]]]


@pytest.fixture
def mentioned(todo: Client, tmp_path: Path) -> Mentioned:
    """The names of the users and the numbers of the tickets that a text of jdoe's on a tracker mentions."""
    (tmp_path / "config.ini").write_text(f"[todo.sr.ht]\norigin = {ORIGIN}\n")
    store, caller = todo.store, Caller("oauth2", todo.store.users.named("jdoe"), "todo.sr.ht")
    service: Any = SimpleNamespace(name="todo.sr.ht", store=store, instance=Instance(tmp_path))

    def find(tracker: int, text: str) -> tuple[list[str], list[Any]]:
        found = mentions(Call(service, caller, ORIGIN), store.trackers.get(tracker), text)
        rows = [store.tickets.get(row) if row else None for row in found.tickets]
        return [user.username for user in found.users], [row and (row.tracker_id, row.id) for row in rows]

    return find


@pytest.mark.parametrize(
    ("text", "users"),
    [
        ("~bob", ["bob"]),
        ("~bob, ~alice; ~bob", ["bob", "alice"]),
        ("mail~bob", ["bob"]),
        ("~nobody ~Bob", []),
        ("~bob/x is a tracker", []),
        ("~~bob", ["bob"]),
        ("bob", []),
    ],
)
def test_users(todo: Client, mentioned: Mentioned, text: str, users: list[str]) -> None:
    assert mentioned(kit.tracker(todo), text)[0] == users


def test_tickets(todo: Client, mentioned: Mentioned) -> None:
    tracker, other = kit.tracker(todo), kit.tracker(todo, "other")
    foreign = kit.tracker(todo, "of-bob", "bob")
    for one in (tracker, other, foreign):
        kit.ticket(todo, one)
    here, there, abroad = (tracker, 1), (other, 1), (foreign, 1)
    texts = {
        "#1": [here],
        "see #1, #1 and #1.": [here],
        "other#1": [there],
        "of-bob#1": [None],
        "~bob/of-bob#1": [abroad],
        "~bob/fresh#1": [None],
        "x~bob/of-bob#1#1": [abroad, here],
        "#2": [None],
        "#1a": [],
        "no number #": [],
        f"{ORIGIN}/~bob/of-bob/1": [abroad],
        "https://elsewhere.example/~bob/of-bob/1": [],
        f"{ORIGIN}/~bob/of-bob/1 ~bob/of-bob#1": [abroad],
    }
    assert {text: mentioned(tracker, text)[1] for text in texts} == texts


def test_a_number_that_no_column_holds_is_a_panic(todo: Client) -> None:
    tracker = kit.tracker(todo)
    assert todo.errors(kit.SUBMIT, tracker=tracker, subject="s", body="#2147483648") == [PANIC]
    assert kit.ticket(todo, tracker) == 1


def test_events_of_a_comment_with_mentions(todo: Client) -> None:
    tracker = kit.tracker(todo)
    target, number = kit.ticket(todo, tracker), kit.ticket(todo, tracker)
    text = f"~alice ~bob #{target} #{number}"
    first = kit.comment(todo, tracker, number, text)
    author = {"author": {"canonicalName": "~jdoe"}}
    mention = {"eventType": "TICKET_MENTIONED", **author, "ticket": {"ref": f"~jdoe/fresh#{number}"}}
    bob, alice = (
        {"eventType": "USER_MENTIONED", **author, "mentionedUser": {"canonicalName": name}}
        for name in ("~bob", "~alice")
    )
    comment = {"eventType": "COMMENT", **author, "text": text}
    assert kit.events(todo, "fresh", number)[:4] == [[mention], [bob], [alice], [comment]]
    assert kit.events(todo, "fresh", target)[0] == [mention]
    assert kit.comment(todo, tracker, number, "next") == first + 5


def test_a_mention_of_a_missing_ticket_is_an_event_of_none(todo: Client) -> None:
    tracker = kit.tracker(todo)
    number = kit.ticket(todo, tracker, "see #77")
    (*_, mention) = todo.store.events
    assert (mention.ticket_id, mention.types.name) == (None, "TICKET_MENTIONED")
    assert len(kit.events(todo, "fresh", number)) == 1


@pytest.mark.parametrize("author", ["jdoe", "bob"])
def test_mentions_in_a_new_ticket_come_to_nothing_in_2026(todo2026: Client, author: str) -> None:
    tracker = kit.tracker(todo2026)
    target = kit.ticket(todo2026, tracker)
    number = kit.ticket(todo2026, tracker, f"~alice #{target} ~alice/gears#1", user=author)
    created = {"eventType": "CREATED", "author": {"canonicalName": f"~{author}"}}
    assert kit.events(todo2026, "fresh", number) == [[created]]
    assert len(kit.events(todo2026, "fresh", target)) == 1
    first = kit.comment(todo2026, tracker, number, "~alice")
    assert kit.comment(todo2026, tracker, number, "next") == first + 2


def test_a_comment_with_a_number_that_no_column_holds_is_a_panic_in_2026(todo2026: Client) -> None:
    tracker = kit.tracker(todo2026)
    number = kit.ticket(todo2026, tracker)
    given = {"tracker": tracker, "ticket": number, "input": {"text": "#2147483648"}}
    assert todo2026.errors(kit.COMMENT, **given) == [PANIC]
    assert len(kit.events(todo2026, "fresh", number)) == 1
