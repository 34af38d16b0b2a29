"""What is let go of, and what is not."""

from __future__ import annotations

from shim.webhooks.queue import retention
from shim.webhooks.queue.retention import DAY, Retention
from shim.webhooks.sending.parcel import key_of
from tests.webhooks.waiting import BUSY, HOOK, OK, hook, parcel, serve


def count(box, table):
    return box.store.read(f"SELECT COUNT(*) AS n FROM {table}")[0]["n"]  # noqa: S608


def test_parcels_are_kept_for_thirty_days(box, clock, logged, monkeypatch):
    monkeypatch.setattr(retention, "_PIECE", 2)
    for number in range(5):
        box.keep(parcel(number), BUSY)
    clock.now += 1
    box.keep(parcel(9), BUSY)
    clock.now += 30 * DAY - 1
    Retention(box).run()
    assert count(box, "outbox") == 6
    clock.now += 1
    Retention(box).run()
    assert count(box, "outbox") == 1
    assert [(entry["event"], entry["n"]) for entry in logged] == [("webhooks dropped that waited for too long", 5)]


def test_what_was_sent_later_is_known_for_ninety_days(box, clock):
    box.keep(parcel(1))
    serve(box, OK)
    clock.now += 90 * DAY
    Retention(box).run()
    assert not box.keep(parcel(1))
    clock.now += 1
    Retention(box).run()
    assert box.keep(parcel(1))


def test_outcomes_have_a_bound_in_number(box, clock, monkeypatch):
    monkeypatch.setattr(retention, "OUTCOMES", 3)
    for number in range(6):
        box.note(parcel(number), OK)
        clock.now += 1
    Retention(box).run()
    assert sorted(box.later(key_of(HOOK), [parcel(n).uuid for n in range(6)])) == [parcel(n).uuid for n in (3, 4, 5)]


def test_subscriptions_are_forgotten_when_nothing_waits_for_them(box, clock):
    box.keep(parcel(1))
    box.keep(parcel(1, hook(1)))
    serve(box, lambda each: OK if each.subscription == HOOK else BUSY)
    clock.now += 91 * DAY
    box.store.write(lambda s: s.run("UPDATE outbox SET created_at = :now", now=clock.now))
    Retention(box).run()
    assert count(box, "webhooks") == 1
