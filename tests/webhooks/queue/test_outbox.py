"""What waits is kept once, within bounds, and told of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shim.services.events import Sender
from shim.store import StoreError, open_store
from shim.webhooks.queue import outbox as module
from shim.webhooks.queue.lanes import Lanes
from shim.webhooks.queue.outbox import LARGEST, Full
from shim.webhooks.sending.outcome import BUSY as NO_TURN
from shim.webhooks.sending.outcome import Outcome
from shim.webhooks.sending.parcel import key_of
from tests.webhooks.waiting import BUSY, GONE, HOOK, LATE, OK, give_up, hook, outbox, parcel, serve


def rows(box):
    return box.store.read("SELECT * FROM outbox ORDER BY created_at")


def refused(box, *wanted):
    """Whether there is no room for a parcel."""
    try:
        box.keep(*wanted)
    except Full:
        return True
    return False


def dual():
    return hook(3, dual="https://new.example.org/h")


def test_what_was_kept_comes_out_as_it_went_in(box):
    python = replace(parcel(2, dual(), b"\xff\x00 whatever", "REPO_UPDATE", dual=True), sender=Sender.PYTHON)
    assert python.url == "https://new.example.org/h"
    for each in (parcel(1), python):
        assert box.keep(each)
    assert sorted(serve(box, OK), key=lambda found: found.uuid) == [parcel(1), python]
    assert rows(box) == []


def test_nothing_is_kept_twice(box):
    assert [box.keep(parcel(1)) for _ in range(2)] == [True, False]
    assert len(serve(box, OK)) == 1
    assert not box.keep(parcel(1))
    assert box.keep(parcel(1, event="repo:delete"))


def test_a_parcel_that_was_tried_waits_longer(box, clock):
    box.keep(parcel(1), LATE)
    box.keep(parcel(2), Outcome(failure=NO_TURN))
    assert serve(box, OK) == [parcel(2)]
    clock.now += 6
    assert serve(box, OK) == [parcel(1)]


def test_the_store_holds_no_target_in_clear(box):
    box.keep(parcel(1), BUSY)
    tables = ("outbox", "webhooks", "outbox_lanes", "webhook_outcomes")
    text = repr([box.store.read(f"SELECT * FROM {table}") for table in tables])  # noqa: S608
    assert "ci.example.org" not in text
    assert "s3cr3t" not in text


def test_attempts_that_upstream_does_not_know_of_are_told(box, clock):
    said = Outcome(503, (("X", "y"),), b"not now", (("X-Webhook-Event", "repo:update"),))
    box.keep(parcel(1), BUSY)
    uuids = [parcel(n).uuid for n in range(3)]
    assert box.later(key_of(HOOK), uuids) == {}
    clock.now += 10
    serve(box, said)
    assert box.later(key_of(HOOK), uuids) == {uuids[1]: said.record()}
    clock.now += 100
    serve(box, OK)
    box.note(parcel(2), LATE)
    assert box.later(key_of(HOOK), uuids) == {uuids[1]: OK.record(), uuids[2]: LATE.record()}
    assert box.later(key_of(hook(1)), uuids) == {}
    assert box.later(key_of(HOOK), []) == {}


def test_a_subscription_with_too_much_waiting_is_parked_and_told(store, clock, logged):
    box = outbox(store, clock, most_of_one=2)
    assert [refused(box, parcel(n), LATE) for n in range(4)] == [False, False, True, True]
    assert box.keep(parcel(9, hook(1)))
    (row,) = store.read("SELECT * FROM webhooks WHERE parked_at IS NOT NULL")
    assert (row["reason"], row["refused"]) == ("too many events wait", 2)
    assert [entry["event"] for entry in logged] == ["webhooks parked: too many events wait"]
    clock.now += 10**6
    assert [found.subscription for found in serve(box, OK)] == [hook(1)]


def test_a_parked_subscription_goes_on_when_its_target_takes_something(store, clock):
    box = outbox(store, clock, most_of_one=1)
    box.keep(parcel(1), LATE)
    assert refused(box, parcel(2), LATE)
    clock.now += 10**6
    assert serve(box, OK) == []
    box.arrived(parcel(3), OK)
    assert serve(box, OK) == [parcel(1)]
    assert store.read("SELECT * FROM webhooks WHERE parked_at IS NOT NULL OR refused > 0") == []


def test_what_comes_for_a_parked_subscription_waits_with_the_rest(box, clock):
    give_up(box, clock, parcel(1))
    assert box.keep(parcel(2))
    clock.now += 10**6
    assert serve(box, OK) == []


def test_a_target_that_works_costs_writing_once(box, monkeypatch):
    box.keep(parcel(1, hook(1)), LATE)
    box.arrived(parcel(1), OK)
    monkeypatch.setattr(type(box.store), "write", None)
    box.arrived(parcel(2), OK)
    assert {row["subscription"] for row in box.store.read("SELECT * FROM webhooks")} == {
        key_of(HOOK),
        key_of(hook(1)),
    }


def test_a_target_that_says_it_is_gone_ends_what_waits(box, logged):
    box.keep(parcel(1), LATE)
    box.arrived(parcel(2), GONE)
    assert rows(box) == []
    assert [entry["n"] for entry in logged] == [1]


def test_that_a_target_works_is_seen_by_every_process(store, clock, monkeypatch):
    monkeypatch.setattr(module, "BELIEVED", 0)
    box, other = outbox(store, clock, most_of_one=1), outbox(store, clock)
    box.keep(parcel(1), LATE)
    assert refused(box, parcel(2))
    other.arrived(parcel(3), OK)
    assert serve(box, OK) == [parcel(1)]


def test_there_is_a_bound_to_all(store, clock):
    box = outbox(store, clock, most=2)
    assert [refused(box, parcel(0, hook(n))) for n in range(3)] == [False, False, True]
    assert len(rows(box)) == 2


def test_there_is_a_bound_to_bytes(store, clock):
    box = outbox(store, clock, space=10)
    assert [refused(box, parcel(n, payload=b"123456")) for n in range(3)] == [False, False, True]


@pytest.mark.parametrize("bound", [{"most_of_user": 2}, {"space_of_user": 11}])
def test_nobody_takes_the_room_of_others(store, clock, bound, logged):
    box = outbox(store, clock, **bound)
    mine = [parcel(1, hook(n), payload=b"123456") for n in range(3)]
    assert [refused(box, each) for each in mine] == [False, False, True]
    assert not refused(box, parcel(1, hook(4, user="bob")))
    assert not refused(box, parcel(1, hook(5, service="todo")))
    assert [entry["event"] for entry in logged] == ["no room for webhooks of a user"]
    assert store.read("SELECT * FROM webhooks WHERE parked_at IS NOT NULL") == []


def test_room_that_others_took_or_left_is_seen_in_time(store, clock, monkeypatch):
    monkeypatch.setattr(module, "BELIEVED", 0)
    box, other = outbox(store, clock, most=2), outbox(store, clock)
    for number in range(2):
        other.keep(parcel(0, hook(number)))
    assert refused(box, parcel(1))
    serve(other, OK)
    assert box.keep(parcel(1))


def test_a_payload_without_bound_is_not_kept(box):
    assert refused(box, parcel(1, payload=b"x" * (LARGEST + 1)))
    assert box.keep(parcel(1, payload=b"x" * LARGEST))
    assert Lanes(box).due() == 1


def test_what_waits_of_a_subscription_that_is_no_more_is_let_go_of(box):
    for each in (parcel(1, dual()), parcel(2, dual(), event="REPO_UPDATE", dual=True), parcel(1)):
        box.keep(each)
    assert box.end(dual()) == 2
    assert serve(box, OK) == [parcel(1)]
    assert box.end(dual()) == 0


def test_a_store_that_is_gone_is_said(tmp_path, clock):
    box = outbox(open_store(f"sqlite:///{tmp_path}/nowhere/store"), clock)
    with pytest.raises(StoreError):
        box.keep(parcel(1))
    with pytest.raises(StoreError):
        box.note(parcel(1), OK)
