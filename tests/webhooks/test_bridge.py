"""What the delivery routes have of the bridge: one attempt at once, and what became of it."""

from __future__ import annotations

import pytest

from shim.services.bridge import Named
from shim.store import open_store
from shim.webhooks.bridge import Connected
from shim.webhooks.queue.overview import Overview
from shim.webhooks.queue.retention import DAY, Retention
from tests.webhooks.kit import Target, answering, delivery
from tests.webhooks.waiting import LATE, Clock, hook, outbox, parcel, serve

UUID = parcel(1).uuid


@pytest.fixture
def box(sqlite_store):
    return outbox(sqlite_store, Clock())


def bridge(box):
    return Connected(delivery(), box)


def test_what_a_user_has_sent_again_is_told(box):
    with Target(answering(202, b"Thanks")) as target:
        named = Named(1, hook(url=f"{target.url}h"))
        record = bridge(box).send(named, "repo:update", UUID, b'{"id": 1}')
    assert (record.status, record.text) == (202, "Thanks")
    assert bridge(box).later(named, [UUID]) == {UUID: record}
    assert [name.split(":")[0] for name in record.sent.splitlines()[:3]] == [
        "Content-Type",
        "X-Webhook-Event",
        "X-Webhook-Delivery",
    ]
    assert target.received[0].body == b'{"id": 1}'


def test_what_fails_then_is_not_tried_again_but_told(box):
    with Target(answering(503)) as target:
        named = Named(1, hook(url=target.url))
        assert bridge(box).send(named, "repo:update", UUID, b"{}").status == 503
    assert serve(box, LATE) == []
    assert bridge(box).later(named, [UUID])[UUID].status == 503


def test_it_is_sent_without_a_store_too(tmp_path, logged):
    gone = outbox(open_store(f"sqlite:///{tmp_path}/nowhere/store"), Clock())
    for each in (None, gone):
        with Target(answering(200)) as target:
            assert bridge(each).send(Named(1, hook(url=target.url)), "repo:update", UUID, b"{}").status == 200
    assert [entry["event"] for entry in logged] == ["the outcome of a webhook was not noted"]


def test_nothing_is_kept_of_a_subscription_that_was_deleted_meanwhile(box):
    gone, other = hook(1, dual="https://new.example.org/"), hook(2)
    box.keep(parcel(1, gone), LATE)
    bridge(box).ended(Named(1, gone))
    for late in (parcel(2, gone), parcel(2, gone, dual=True)):
        assert not box.keep(late, LATE)
    box.arrived(parcel(3, gone), LATE)
    box.keep(parcel(2, other), LATE)
    assert [row["subscription"] for row in box.store.read("SELECT * FROM outbox")] == [parcel(0, other).key]
    assert [known.subscription for known in Overview(box).known(everything=True)] == [other]
    assert "" in [row["sealed"] for row in box.store.read("SELECT sealed FROM webhooks")]


def test_what_was_deleted_is_forgotten_in_the_end(box):
    bridge(box).ended(Named(1, hook(1)))
    Retention(box).run()
    assert len(box.store.read("SELECT * FROM webhooks")) == 1
    box.clock.now += DAY + 1
    Retention(box).run()
    assert box.store.read("SELECT * FROM webhooks") == []
