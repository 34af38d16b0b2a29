"""Mail subscriptions, preferences, and leaving."""

from __future__ import annotations

import pytest

from shim.sandbox.engine.errors import PANIC

from ...conftest import Client
from . import kit

SUBSCRIBE = "mutation ($id: Int!) { trackerSubscribe(trackerId: $id) { id tracker { name } } }"
UNSUBSCRIBE = """
mutation ($id: Int!, $tickets: Boolean = false) {
  trackerUnsubscribe(trackerId: $id, tickets: $tickets) { id }
}
"""
WATCH = "mutation ($id: Int!, $ticket: Int!) { ticketSubscribe(trackerId: $id, ticketId: $ticket) { id } }"
UNWATCH = WATCH.replace("ticketSubscribe", "ticketUnsubscribe")
PREFER = "mutation ($on: Boolean!) { updatePreferences(preferences: {notifySelf: $on}) { notifySelf } }"


def test_subscribing_again_takes_an_id_and_changes_nothing(todo: Client) -> None:
    tracker = kit.tracker(todo)
    first = todo.data(SUBSCRIBE, user="bob", id=tracker)["trackerSubscribe"]
    assert first["tracker"] == {"name": "fresh"}
    assert todo.data(SUBSCRIBE, user="bob", id=tracker)["trackerSubscribe"] == first
    later = todo.data(SUBSCRIBE, user="alice", id=tracker)["trackerSubscribe"]
    assert later["id"] == first["id"] + 2
    assert todo.data(UNSUBSCRIBE, user="bob", id=tracker)["trackerUnsubscribe"] == {"id": first["id"]}
    assert todo.errors(UNSUBSCRIBE, user="bob", id=tracker) == ["No such subscription"]


def test_ending_the_subscriptions_to_tickets_too_is_a_panic(todo: Client) -> None:
    assert todo.errors(UNSUBSCRIBE, id=kit.tracker(todo), tickets=True) == [PANIC]


def test_tickets(todo: Client) -> None:
    tracker = kit.tracker(todo)
    number = kit.ticket(todo, tracker)
    made = todo.data(WATCH, user="bob", id=tracker, ticket=number)["ticketSubscribe"]
    assert todo.data(UNWATCH, user="bob", id=tracker, ticket=number)["ticketUnsubscribe"] == made
    assert todo.errors(UNWATCH, user="bob", id=tracker, ticket=number) == ["No such subscription"]
    assert todo.errors(WATCH, user="bob", id=tracker, ticket=number + 1) == ["No such ticket"]


def test_missing_subscriptions_of_2026(todo2026: Client) -> None:
    tracker = kit.tracker(todo2026)
    number = kit.ticket(todo2026, tracker)
    assert todo2026.errors(UNSUBSCRIBE, user="bob", id=tracker) == ["Not found"]
    (error,) = todo2026.ask(UNWATCH, user="bob", id=tracker, ticket=number)["errors"]
    assert (error["message"], error["extensions"]) == ("Subscription not found", {"code": "ERR_NOT_FOUND"})
    assert todo2026.errors(UNWATCH, user="bob", id=tracker, ticket=number + 1) == ["Ticket not found"]


@pytest.mark.parametrize("on", [True, False])
def test_preferences(todo2026: Client, on: bool) -> None:
    assert todo2026.data(PREFER, on=on) == {"updatePreferences": {"notifySelf": on}}
    assert todo2026.data("{ preferences { notifySelf } }") == {"preferences": {"notifySelf": on}}


def test_of_a_deleted_user_a_mail_address_remains(todo: Client) -> None:
    tracker = kit.tracker(todo)
    number = kit.ticket(todo, tracker, user="bob")
    kit.tracker(todo, "of-bob", "bob")
    bob = todo.store.users.named("bob")
    assert todo.data("mutation { deleteUser }", user="bob", internal=True) == {"deleteUser": bob.id}
    assert todo.store.trackers.first(lambda row: row.owner is bob) is None
    ((change,),) = kit.events(todo, "fresh", number)
    assert change["author"] == {"canonicalName": f"~bob <{bob.email}>"}
