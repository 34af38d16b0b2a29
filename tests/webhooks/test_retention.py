"""What is let go of, and what is not."""

from __future__ import annotations

import pytest

from shim.webhooks import retention
from shim.webhooks.outbox import Kept
from shim.webhooks.retention import DAY, Retention
from tests.webhooks.waiting import BUSY, HOOK, OK, Clock, hook, letter, outbox, serve


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def box(store, clock):
    return outbox(store, clock)


def count(box, table):
    return box.store.read(f"SELECT COUNT(*) AS n FROM {table}")[0]["n"]  # noqa: S608


def test_letters_are_kept_for_thirty_days(box, clock, logged, monkeypatch):
    monkeypatch.setattr(retention, "_PIECE", 2)
    for number in range(5):
        box.keep(letter(number), 8, BUSY)
    clock.now += 1
    box.keep(letter(9), 8, BUSY)
    clock.now += 30 * DAY - 1
    Retention(box).run()
    assert count(box, "outbox") == 6
    clock.now += 1
    Retention(box).run()
    assert count(box, "outbox") == 1
    assert [(entry["event"], entry["n"]) for entry in logged] == [("webhooks dropped that waited for too long", 5)]


def test_what_was_delivered_is_known_for_ninety_days(box, clock):
    box.keep(letter(1))
    serve(box, OK)
    box.arrived(letter(2))
    box.store.write(lambda s: s.run("INSERT INTO seen_nonces (nonce, at) VALUES ('n', :now)", now=clock.now))
    clock.now += 90 * DAY
    Retention(box).run()
    assert [box.keep(letter(n)) for n in (1, 2)] == [Kept.KNOWN] * 2
    assert (count(box, "seen_nonces"), count(box, "webhook_outcomes")) == (1, 1)
    clock.now += 1
    Retention(box).run()
    tables = ("seen_deliveries", "seen_nonces", "webhook_outcomes", "webhooks")
    assert [count(box, table) for table in tables] == [0, 0, 0, 1]


def test_outcomes_have_a_bound_in_number(box, clock, monkeypatch):
    monkeypatch.setattr(retention, "OUTCOMES", 3)
    for number in range(6):
        box.note(letter(number), OK)
        clock.now += 1
    Retention(box).run()
    assert sorted(box.later(HOOK, [letter(n).uuid for n in range(6)])) == [letter(n).uuid for n in (3, 4, 5)]


def test_subscriptions_are_forgotten_when_nothing_waits_for_them(box, clock):
    box.keep(letter(1))
    box.keep(letter(1, hook(1)))
    clock.now += 20 * DAY
    serve(box, lambda each: OK if each.subscription == HOOK else BUSY)
    clock.now += 71 * DAY
    box.store.write(lambda s: s.run("UPDATE outbox SET created_at = :now", now=clock.now))
    Retention(box).run()
    assert count(box, "webhooks") == 1
