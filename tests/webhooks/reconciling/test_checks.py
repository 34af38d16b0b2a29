"""Upstream's records are compared page by page, each once, and first those that were not for the longest time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shim.services import discover
from shim.services.bridge import Check, Named
from shim.services.deliveries import microseconds
from shim.webhooks.bridge import Connected
from shim.webhooks.queue.overview import Overview
from shim.webhooks.queue.retention import CHECKS, Retention
from shim.webhooks.receiving.memory import Memory
from shim.webhooks.reconciling.checks import AGAIN, Checks
from shim.webhooks.reconciling.reconcile import OLDEST, SETTLED, Reconciler
from shim.webhooks.sending.parcel import key_of
from tests.webhooks.kit import delivery
from tests.webhooks.reconciling.test_reconcile import UUIDS, row
from tests.webhooks.waiting import HOOK, OK, Clock, hook, outbox, serve

NAMED = Named(7, HOOK)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def box(store, clock):
    return outbox(store, clock)


@pytest.fixture
def reconciler(store, box, clock):
    return Reconciler(list(discover()), box, Memory(store, clock=clock), clock=clock)


@pytest.fixture
def checks(box, reconciler, clock):
    return Checks(box, reconciler, clock=clock)


def whole(checks, pages, named=NAMED):
    """Compare pages by their cursors until that is at its end; the cursors asked by, and how many were missing."""
    check, asked, missing = checks.begin(named), [], 0
    while check is not None:
        asked.append(check.cursor)
        found, check = checks.compared(check, *pages[check.cursor])
        missing += found
    return asked, missing


def test_a_subscription_is_compared_to_the_end_and_then_only_what_is_newer(checks, box, clock):
    first, second, third = (row(clock, number, age=SETTLED + 10 * (9 - number)) for number in range(3))
    assert whole(checks, {None: ([third, second], "more"), "more": ([first], None)}) == ([None, "more"], 3)
    assert sorted(parcel.uuid for parcel in serve(box, OK)) == UUIDS[:3]
    newer = row(clock, 3, age=SETTLED)
    assert whole(checks, {None: ([newer, third], "more")}) == ([None], 1)
    assert whole(checks, {None: ([newer, third], "more")}) == ([None], 0)


def test_what_was_compared_is_not_delivered_again_though_its_arrival_was_forgotten(checks, box, store, clock):
    old = row(clock)
    assert whole(checks, {None: ([old], None)}) == ([None], 1)
    serve(box, OK)
    for table in ("seen_deliveries", "webhook_outcomes"):
        store.write(lambda statements, table=table: statements.run(f"DELETE FROM {table}"))  # noqa: S608
    assert whole(checks, {None: ([old], None)}) == ([None], 0)


def test_what_is_young_is_left_for_the_next_time(checks, clock):
    young = row(clock, 1, age=SETTLED - 30)
    assert whole(checks, {None: ([young, row(clock)], None)}) == ([None], 1)
    clock.now += 30
    assert whole(checks, {None: ([young, row(clock, age=SETTLED + 30)], None)}) == ([None], 1)


def test_what_is_too_old_ends_it(checks, clock):
    assert whole(checks, {None: ([row(clock), row(clock, 1, age=OLDEST + 10)], "more")}) == ([None], 1)


def test_another_process_goes_on_where_one_has_ended(checks, box, reconciler, clock):
    rows = [row(clock, number, age=SETTLED + 10 - number) for number in range(3)]
    checks.compared(checks.begin(NAMED), [rows[2]], "a")
    other = Checks(box, reconciler, clock=clock)
    check = other.due([NAMED])
    assert check == Check(NAMED, "a", 0, microseconds(rows[2]["date"]))
    assert other.compared(check, [rows[1]], "b") == (1, replace(check, cursor="b"))
    assert other.compared(other.due([NAMED]), [rows[0]], None) == (1, None)
    assert other.begin(NAMED) == Check(NAMED, None, microseconds(rows[2]["date"]))


def test_what_nothing_came_of_begins_anew(checks, clock):
    checks.compared(checks.begin(NAMED), [row(clock)], "a")
    assert checks.begin(NAMED).cursor == "a"
    assert checks.begin(NAMED) == Check(NAMED)


def test_the_one_that_was_not_compared_for_the_longest_time_is_due(checks, clock):
    found = [Named(number, hook(number)) for number in range(3)]
    for each in (found[1], found[0], found[2]):
        checks.compared(checks.begin(each), [], None)
        clock.now += 1
    assert checks.due(found) is None
    assert checks.due([]) is None
    assert checks.due([*found, NAMED]).named == NAMED
    clock.now += AGAIN
    assert [checks.due(found).named.id for _ in found] == [1, 0, 2]
    assert checks.due(found) is None
    clock.now -= 10 * AGAIN
    assert checks.due(found) is not None


def test_what_was_only_just_made_is_not_due(checks, clock):
    young = Named(1, hook(created=clock.now - SETTLED + 1))
    assert checks.due([young]) is None
    clock.now += 1
    assert checks.due([young]) == Check(young)


def test_a_dry_one_changes_nothing(box, reconciler, store, clock):
    dry = Checks(box, reconciler, dry=True, clock=clock)
    rows = {None: ([row(clock, 1, age=SETTLED)], "more"), "more": ([row(clock, age=SETTLED + 9)], None)}
    assert [whole(dry, rows) for _ in range(2)] == [([None, "more"], 2)] * 2
    assert store.read("SELECT * FROM webhook_checks") == []
    assert serve(box, OK) == []


def test_what_is_known_of_comparisons_ends_with_the_subscription_and_after_a_while(checks, box, store, clock):
    other = Named(8, hook(1))
    for each in (NAMED, other):
        checks.compared(checks.begin(each), [], None)
    box.end(HOOK)
    assert checks.since([key_of(HOOK), key_of(other.subscription)]) == {key_of(other.subscription): clock.now}
    clock.now += CHECKS + 1
    Retention(box).run()
    assert checks.since([key_of(other.subscription)]) == {}


def test_what_was_made_or_compared_is_known(checks, box, reconciler, clock):
    Connected(delivery(), box, reconciler).made(NAMED)
    assert [known.subscription for known in Overview(box).everybody()] == [HOOK]
    checks.compared(checks.begin(Named(8, hook(1))), [], None)
    assert {known.subscription for known in Overview(box).everybody()} == {HOOK, hook(1)}


def test_all_that_are_known_are_told_some_at_a_time(box, monkeypatch):
    monkeypatch.setattr("shim.webhooks.queue.overview.MOST", 3)
    for number in range(10):
        box.meet(hook(number))
    box.end(hook(4))
    told = [known.subscription for known in Overview(box).everybody()]
    assert (len(told), set(told)) == (9, {hook(number) for number in range(10) if number != 4})
