"""Leases: one worker a lane, whoever dies; schedules; the end of trying."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shim.webhooks.queue.lanes import _FIRST, _FREE, _HELD, _PARCELS, LEASE, Lanes
from shim.webhooks.queue.outbox import _TAKEN_OF, _WAITING
from shim.webhooks.queue.retention import Retention
from shim.webhooks.queue.schedule import WAITS
from shim.webhooks.sending.outcome import Outcome
from tests.webhooks.waiting import BEGIN, BUSY, GONE, HOOK, KEYS, LATE, OK, hook, outbox, parcel, serve

VALUES = {"now": BEGIN, "lane": 1, "owner": "x", "most": 20, "subscription": "s", "key": "s"}


@pytest.fixture
def lanes(box):
    return Lanes(box)


def waiting(box):
    return box.store.read("SELECT uuid, attempts, next_at, last_error FROM outbox ORDER BY uuid")


def test_a_lane_is_one_workers(box, lanes, clock):
    box.keep(parcel(1))
    lease = lanes.lease()
    assert lanes.lease() is None
    assert lanes.due() == 0
    lanes.release(lease)
    assert lanes.due() == 1
    assert lanes.lease().lane == lease.lane


def test_a_worker_that_dies_leaves_its_lane_to_another(box, lanes, clock):
    box.keep(parcel(1))
    dead = lanes.lease()
    clock.now += LEASE
    alive = lanes.lease()
    assert alive.lane == dead.lane
    (found,) = lanes.parcels(alive)
    lanes.release(dead)
    assert lanes.lease() is None
    assert lanes.settle(alive, found, OK)


def test_a_worker_that_is_late_takes_nothing_from_the_other(box, lanes, clock):
    box.keep(parcel(1))
    late = lanes.lease()
    (found,) = lanes.parcels(late)
    clock.now += LEASE
    other = lanes.lease()
    assert not lanes.settle(late, found, BUSY)
    assert [row["attempts"] for row in waiting(box)] == [0]
    assert lanes.settle(other, found, BUSY)
    assert [row["attempts"] for row in waiting(box)] == [1]


def test_what_a_late_worker_delivered_has_arrived(box, lanes, clock):
    box.keep(parcel(1))
    late = lanes.lease()
    (found,) = lanes.parcels(late)
    clock.now += LEASE
    lanes.lease()
    assert not lanes.settle(late, found, OK)
    assert waiting(box) == []
    assert not box.keep(parcel(1))


def test_each_attempt_prolongs_the_lease(box, lanes, clock):
    for number in range(2):
        box.keep(parcel(number))
    lease = lanes.lease()
    first, second = lanes.parcels(lease)
    clock.now += LEASE - 1
    assert lanes.settle(lease, first, OK)
    clock.now += LEASE - 1
    assert lanes.lease() is None
    assert lanes.settle(lease, second, OK)


def test_an_empty_lane_is_gone(box, lanes):
    box.keep(parcel(1))
    serve(box, OK)
    assert box.store.read("SELECT * FROM outbox_lanes") == []
    assert lanes.lease() is None


def test_the_one_that_waits_longest_is_served_next(box, lanes, clock):
    for number in range(3):
        box.keep(parcel(0, hook(number)))
        clock.now += 1
    first = lanes.lease()
    lanes.release(first)
    order = [lanes.lease().lane for _ in range(3)]
    assert order[-1] == first.lane
    assert len(set(order)) == 3


def test_many_parcels_to_one_host_keep_no_other_waiting(box, lanes, clock):
    for number in range(60):
        box.keep(parcel(number))
    clock.now += 1
    box.keep(parcel(0, hook(1)))
    (busy, quiet) = lanes.lease(), lanes.lease()
    assert [found.parcel.subscription for found in lanes.parcels(quiet)] == [hook(1)]
    assert 1 < len(lanes.parcels(busy)) < 60


def test_parcels_of_a_subscription_go_out_in_their_order(box, clock):
    for number in (3, 1, 2):
        box.keep(parcel(number))
        clock.now += 1
    assert [found.uuid[-1] for found in serve(box, OK)] == ["3", "1", "2"]


def test_a_lane_rests_behind_a_failure(box, lanes, clock):
    for number in range(2):
        box.keep(parcel(number))
    lease = lanes.lease()
    lanes.settle(lease, lanes.parcels(lease)[0], LATE)
    lanes.release(lease, failed=True)
    assert lanes.lease() is None
    clock.now += 5
    assert len(lanes.parcels(lanes.lease())) == 1


def test_a_target_that_never_takes_anything_is_tried_so_often_and_parked(box, clock, logged):
    box.keep(parcel(1), BUSY)
    times = []
    for _ in range(10**5):
        if serve(box, BUSY):
            times.append(clock.now - BEGIN)
        (row,) = waiting(box)
        if row["next_at"] is None:
            break
        clock.now = row["next_at"]
    assert len(times) == len(WAITS) - 1
    assert sum(WAITS) <= times[-1] <= 1.2 * sum(WAITS) + len(WAITS)
    (hooked,) = box.store.read("SELECT * FROM webhooks")
    assert (hooked["parked_at"], hooked["reason"]) == (clock.now, "answered 503")
    (entry,) = logged
    assert (entry["event"], entry["service"]) == ("webhooks parked: the target takes nothing", "git")


def test_a_parcel_that_its_target_alone_never_takes_is_parked_alone(box, clock, logged):
    box.keep(parcel(2), BUSY)
    clock.now += 10
    box.keep(parcel(1), BUSY)
    while waiting(box)[0]["next_at"]:
        clock.now = max(clock.now, *(row["next_at"] for row in waiting(box)))
        serve(box, lambda each: BUSY if each == parcel(1) else OK)
    box.keep(parcel(3))
    assert serve(box, OK) == [parcel(3)]
    assert [(row["uuid"][-1], row["next_at"]) for row in waiting(box)] == [("1", None)]
    assert [entry["event"] for entry in logged] == ["a webhook is tried no more"]


def test_a_target_that_is_gone_ends_what_waits(box, clock, logged):
    for number in range(3):
        box.keep(parcel(number), BUSY)
    box.keep(parcel(9, replace(HOOK, dual="https://new.example.org"), event="REPO_UPDATE", dual=True), BUSY)
    box.keep(parcel(0, hook(1)), BUSY)
    clock.now += 10
    tried = serve(box, lambda each: GONE if each.subscription == HOOK else BUSY)
    assert {row["uuid"][-1] for row in waiting(box)} == {"9", "0"}
    assert len(tried) == 3
    assert [entry["n"] for entry in logged] == [2]


@pytest.mark.parametrize("outcome", [Outcome(status) for status in (200, 204, 302, 400, 404)])
def test_what_a_target_makes_of_it_is_its_affair(box, outcome):
    box.keep(parcel(1))
    serve(box, outcome)
    assert waiting(box) == []


def test_what_no_key_opens_is_parked_until_a_key_does(store, clock, logged):
    box = outbox(store, clock)
    for number in range(2):
        box.keep(parcel(number))
    box.keys = (b"n" * 32,)
    assert serve(box, OK) == []
    assert [row["next_at"] for row in waiting(box)] == [None, None]
    assert [(entry["log_level"], entry["event"]) for entry in logged] == [
        ("error", "webhooks parked: no key opens the subscription")
    ]
    box.keys = KEYS
    box.arrived(parcel(7), OK)
    assert serve(box, OK) == [parcel(0), parcel(1)]


def test_an_old_key_still_opens(store, clock):
    box = outbox(store, clock)
    box.keep(parcel(1))
    box.keys = (b"n" * 32, *KEYS)
    assert serve(box, OK) == [parcel(1)]


def test_a_clock_that_was_wrong_is_put_right(box, lanes, clock):
    clock.now = BEGIN + 400 * 86400
    box.keep(parcel(1))
    lanes.lease()
    clock.now = BEGIN
    assert lanes.lease() is None
    Retention(box).run()
    assert serve(box, OK) == [parcel(1)]


def test_a_clock_that_jumps_ahead_ends_leases_and_loses_nothing(box, lanes, clock):
    box.keep(parcel(1), BUSY)
    clock.now += 10**7
    held = lanes.lease()
    clock.now += 10**7
    assert serve(box, OK) == [parcel(1)]
    lanes.release(held)
    assert waiting(box) == []


@pytest.mark.parametrize("sql", [_FREE + " ORDER BY next_at LIMIT 1", _PARCELS, _HELD, _FIRST, _WAITING, _TAKEN_OF])
def test_no_step_reads_all_that_waits(sqlite_store, sql):
    sqlite_store.read("SELECT * FROM outbox")
    steps = [row["detail"] for row in sqlite_store.read(f"EXPLAIN QUERY PLAN {sql}", **VALUES)]
    assert steps
    assert all("USING" in step and "INDEX" in step for step in steps if step.startswith(("SCAN", "SEARCH")))
    assert not any(step.startswith("SCAN") or "TEMP B-TREE" in step for step in steps)
