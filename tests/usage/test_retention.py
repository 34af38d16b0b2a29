"""What is too old goes, little by little, and nothing else."""

from __future__ import annotations

import pytest

from shim.usage.retention import HOURS, Retention
from tests.usage.kit import HOUR, NOW, kept, lose, put

DAY = 24 * HOUR


@pytest.fixture
def clock():
    now = [NOW + 10]
    return now


def retention(store, clock, days=30):
    return Retention(store, days, lambda: clock[0])


def hours(store):
    return [hour for (hour,) in kept(store, "hour")]


def test_what_is_older_than_that_goes_with_its_losses(store, clock):
    old = NOW - 30 * DAY
    put(store, *({"hour": hour} for hour in (old - DAY, old - HOUR, old, NOW)))
    lose(store, old - 2 * HOUR, "full", 1)
    lose(store, old, "full", 2)
    retention(store, clock).run()
    assert hours(store) == [old, NOW]
    assert store.read("SELECT hour, calls FROM losses") == [{"hour": old, "calls": 2}]


def test_all_processes_together_delete_three_days_in_an_hour(store, clock):
    put(store, *({"hour": NOW - 100 * DAY + n * HOUR} for n in range(200)))
    for _ in range(3):
        retention(store, clock).run()
    assert len(hours(store)) == 200 - HOURS
    clock[0] += HOUR
    retention(store, clock).run()
    retention(store, clock).run()
    assert len(hours(store)) == 200 - 2 * HOURS


def test_a_clock_that_is_wrong_for_an_hour_destroys_three_days_at_most(store, clock):
    put(store, *({"hour": NOW - n * HOUR} for n in range(300)))
    retention(store, clock).run()
    clock[0] = NOW + 73 * 365 * DAY
    for _ in range(5):
        retention(store, clock).run()
    clock[0] = NOW + HOUR
    for _ in range(5):
        retention(store, clock).run()
    assert hours(store) == sorted(NOW - n * HOUR for n in range(300 - HOURS))


def test_after_a_clock_that_was_ahead_it_goes_on(store, clock):
    clock[0] = NOW + 73 * 365 * DAY
    retention(store, clock).run()
    clock[0] = NOW
    put(store, {"hour": NOW - 31 * DAY})
    retention(store, clock).run()
    assert hours(store) == []


def test_rows_of_the_future_take_nothing_with_them(store, clock):
    put(store, {"hour": NOW}, {"hour": NOW + 73 * 365 * DAY})
    retention(store, clock).run()
    assert hours(store) == [NOW, NOW + 73 * 365 * DAY]


def test_a_clock_that_is_behind_deletes_nothing(store, clock):
    clock[0] = 0
    put(store, {"hour": NOW - 1000 * DAY}, {"hour": NOW})
    retention(store, clock).run()
    assert len(hours(store)) == 2
