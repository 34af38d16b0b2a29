"""When parcels are tried again, and what stands for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shim.webhooks.queue.schedule import SLOTS, WAITS, lane_of, wait_before
from shim.webhooks.sending.outcome import Outcome
from shim.webhooks.sending.parcel import key_of
from tests.webhooks.waiting import BEGIN, BUSY, HOOK, LATE, hook, parcel


def asking(value):
    return Outcome(503, (("Retry-After", value),))


def test_waits_grow_and_end():
    waits = [wait_before(attempts, LATE, BEGIN, lambda: 0) for attempts in range(10)]
    assert waits == [0, 5, 60, 300, 1800, 7200, 18000, 36000, None, None]


def test_what_failed_together_is_not_tried_together():
    assert [wait_before(3, BUSY, BEGIN, lambda chance=chance: chance) for chance in (0, 0.5, 1)] == [300, 330, 360]
    assert len({wait_before(7, BUSY, BEGIN) for _ in range(20)}) > 1


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", 120),
        ("1", 5),
        ("Fri, 15 Jan 2027 08:01:40 GMT", 100),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 5),
        ("999999999999", 86400),
        ("Fri, 15 Jan 2100 08:00:00 GMT", 86400),
        ("-5", 5),
        ("soon", 5),
        ("", 5),
    ],
)
def test_a_target_may_ask_for_more(value, wait):
    assert wait_before(1, asking(value), BEGIN, lambda: 0) == wait


def test_a_target_that_asks_for_patience_is_given_up_all_the_same():
    assert wait_before(len(WAITS), asking("5"), BEGIN) is None


def test_subscriptions_are_told_apart_by_all_that_is_sealed():
    kinds = [HOOK, replace(HOOK, parent="3"), replace(HOOK, created=2), replace(HOOK, events=("repo:delete",))]
    assert len({key_of(each) for each in kinds}) == len(kinds)
    assert key_of(HOOK) == key_of(replace(HOOK)) != key_of(HOOK, native=True)


def test_parcels_to_one_host_queue_up_in_few_lanes():
    of_host = {lane_of(b"k", parcel(0, hook(n, url=f"https://user{n}@CI.example.org/{n}"))) for n in range(40)}
    assert len(of_host) == SLOTS
    others = {lane_of(b"k", parcel(0, hook(n))) for n in range(40)}
    assert len(others) == 40
    assert all(0 <= lane < 2**63 for lane in of_host | others)
    assert lane_of(b"k", parcel(0, HOOK)) != lane_of(b"l", parcel(0, HOOK))


@pytest.mark.parametrize("url", ["http://[", "nonsense", "", "http://\ud800/"])
def test_targets_that_are_no_urls_have_lanes_too(url):
    assert lane_of(b"k", parcel(0, hook(url=url))) >= 0
