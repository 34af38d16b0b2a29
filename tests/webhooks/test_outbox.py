"""What waits is kept once, within bounds, and told of."""

from __future__ import annotations

import pytest

from shim.store import StoreError, open_store
from shim.webhooks import outbox as module
from shim.webhooks.lanes import Lanes
from shim.webhooks.outbox import LARGEST, Kept
from shim.webhooks.outcome import Outcome
from tests.webhooks.waiting import BUSY, HOOK, LATE, OK, Clock, hook, letter, outbox, serve


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def box(store, clock):
    return outbox(store, clock)


def rows(box):
    return box.store.read("SELECT * FROM outbox ORDER BY created_at")


def test_what_was_kept_comes_out_as_it_went_in(box):
    native = letter(2, payload=b"\xff\x00 whatever", event="REPO_UPDATE", dual=True)
    for each in (letter(1), native):
        assert box.keep(each) is Kept.WAITING
    assert sorted(serve(box, OK), key=lambda found: found.uuid) == [letter(1), native]
    assert rows(box) == []


def test_nothing_is_kept_twice(box, clock):
    assert [box.keep(letter(1)) for _ in range(2)] == [Kept.WAITING, Kept.KNOWN]
    assert len(serve(box, OK)) == 1
    assert box.keep(letter(1)) is Kept.KNOWN
    box.arrived(letter(2))
    assert box.keep(letter(2)) is Kept.KNOWN
    assert box.keep(letter(2, event="repo:delete")) is Kept.WAITING


def test_it_knows_what_arrived_and_what_waits(box):
    box.keep(letter(1))
    box.arrived(letter(2))
    box.arrived(letter(3, hook(7)))
    uuids = [letter(n).uuid for n in range(5)]
    assert box.known(HOOK, uuids) == {(uuids[1], "repo:update"), (uuids[2], "repo:update")}
    assert box.known(HOOK, []) == set()


def test_a_letter_that_was_tried_waits_longer(box, clock):
    box.keep(letter(1), attempts=1, outcome=LATE)
    assert serve(box, OK) == []
    clock.now += 6
    assert len(serve(box, OK)) == 1


def test_the_store_holds_no_target_in_clear(box):
    box.keep(letter(1), 1, BUSY)
    tables = ("outbox", "webhooks", "outbox_lanes", "webhook_outcomes")
    text = repr([box.store.read(f"SELECT * FROM {table}") for table in tables])  # noqa: S608
    assert "ci.example.org" not in text
    assert "s3cr3t" not in text


def test_attempts_that_upstream_does_not_know_of_are_told(box, clock):
    said = Outcome(503, (("X", "y"),), b"not now", (("X-Webhook-Event", "repo:update"),))
    box.keep(letter(1), 1, said)
    uuids = [letter(n).uuid for n in range(3)]
    assert box.later(HOOK, uuids) == {uuids[1]: said.record()}
    clock.now += 10
    serve(box, OK)
    box.note(letter(2), LATE)
    assert box.later(HOOK, uuids) == {uuids[1]: OK.record(), uuids[2]: LATE.record()}
    assert box.later(hook(1), uuids) == {}
    assert box.later(HOOK, []) == {}


def test_a_subscription_with_too_much_waiting_is_parked_and_told(store, clock, logged):
    box = outbox(store, clock, most_of_one=2)
    kept = [box.keep(letter(n), 1, LATE) for n in range(4)]
    assert kept == [Kept.WAITING, Kept.WAITING, Kept.FULL, Kept.FULL]
    assert box.keep(letter(9, hook(1))) is Kept.WAITING
    (row,) = store.read("SELECT * FROM webhooks WHERE parked_at IS NOT NULL")
    assert (row["reason"], row["refused"]) == ("too many events wait", 2)
    assert [entry["event"] for entry in logged] == ["webhooks parked: too many events wait"]
    clock.now += 10**6
    assert [found.subscription for found in serve(box, OK)] == [hook(1)]


def test_a_parked_subscription_goes_on_when_its_target_takes_something(store, clock):
    box = outbox(store, clock, most_of_one=1)
    box.keep(letter(1), 1, LATE)
    box.keep(letter(2), 1, LATE)
    clock.now += 10**6
    assert serve(box, OK) == []
    box.arrived(letter(3))
    assert serve(box, OK) == [letter(1)]
    assert store.read("SELECT * FROM webhooks WHERE parked_at IS NOT NULL OR refused > 0") == []


def test_what_comes_for_a_parked_subscription_waits_with_the_rest(box, clock):
    box.keep(letter(1), 7, LATE)
    clock.now += 10**6
    serve(box, LATE)
    assert box.keep(letter(2)) is Kept.WAITING
    clock.now += 10**6
    assert serve(box, OK) == []


def test_there_is_a_bound_to_all(store, clock, logged):
    box = outbox(store, clock, most=2)
    assert [box.keep(letter(0, hook(n))) for n in range(3)] == [Kept.WAITING, Kept.WAITING, Kept.FULL]
    assert logged[-1]["event"] == "no room for a webhook that waits"
    assert len(rows(box)) == 2


def test_room_that_others_took_or_left_is_seen_in_time(store, clock, monkeypatch):
    monkeypatch.setattr(module, "RECOUNT", 0)
    box, other = outbox(store, clock, most=2), outbox(store, clock)
    for number in range(2):
        other.keep(letter(0, hook(number)))
    assert box.keep(letter(1)) is Kept.FULL
    serve(other, OK)
    assert box.keep(letter(1)) is Kept.WAITING


def test_a_payload_without_bound_is_not_kept(box):
    assert box.keep(letter(1, payload=b"x" * (LARGEST + 1))) is Kept.FULL
    assert box.keep(letter(1, payload=b"x" * LARGEST)) is Kept.WAITING
    assert Lanes(box).due() == 1


def test_a_store_that_is_gone_is_said(tmp_path, clock):
    box = outbox(open_store(f"sqlite:///{tmp_path}/nowhere/store"), clock)
    with pytest.raises(StoreError):
        box.keep(letter(1))
    with pytest.raises(StoreError):
        box.arrived(letter(1))
