"""Threads that send: what hangs holds nobody up, what dies is taken over, what ends ends gently."""

from __future__ import annotations

import threading

import pytest

from shim.store import StoreError
from shim.webhooks.queue.lanes import LEASE, Lanes
from shim.webhooks.queue.worker import Worker
from shim.webhooks.sending.outcome import BUSY as NO_TURN
from shim.webhooks.sending.outcome import Outcome
from tests.webhooks.waiting import BUSY, GONE, HOOK, LATE, OK, hook, outbox, parcel

PATIENCE = 20


class Targets:
    """Takes parcels: `outcomes` by the URL, or a function of the parcel."""

    def __init__(self, **outcomes):
        self.outcomes, self.taken, self._lock = outcomes, [], threading.Lock()

    def __call__(self, sent):
        with self._lock:
            self.taken.append(sent)
        outcome = self.outcomes.get(sent.url.split("/")[2].split(".")[0], OK)
        return outcome(sent) if callable(outcome) else outcome


@pytest.fixture
def sqlite_box(sqlite_store, clock):
    return outbox(sqlite_store, clock)


def work(box, targets, **options):
    """Send all that is due, and what is due then."""
    worker = Worker(Lanes(box), targets, **options)
    while worker.tick():
        worker.wait()
    assert worker.busy == 0
    return targets.taken


def test_all_that_is_due_is_sent(box):
    parcels = [parcel(n, hook(n % 5)) for n in range(30)]
    for each in parcels:
        box.keep(each)
    assert sorted(work(box, Targets()), key=lambda sent: sent.uuid) == parcels
    assert box.store.read("SELECT * FROM outbox") == []


def test_what_is_dropped_under_way_is_not_sent(box):
    for number in range(5):
        box.keep(parcel(number))

    def delete(sent):
        box.end(HOOK)
        return OK

    assert len(work(box, Targets(ci=delete), threads=1)) == 1


def test_two_processes_share_the_work(box, store):
    parcels = [parcel(n, hook(n)) for n in range(20)]
    for each in parcels:
        box.keep(each)
    targets = Targets()
    workers = [Worker(Lanes(outbox(store, box.clock)), targets, threads=3) for _ in range(2)]
    while sum(worker.tick() for worker in workers):
        for worker in workers:
            worker.wait()
    assert sorted(sent.uuid for sent in targets.taken) == [each.uuid for each in parcels]


def test_a_target_that_hangs_holds_nobody_up(sqlite_box):
    go, others = threading.Event(), threading.Semaphore(0)

    def hang(sent):
        assert go.wait(PATIENCE)
        return LATE

    def take(sent):
        others.release()
        return OK

    for number in range(50):
        sqlite_box.keep(parcel(number))
    for number in range(1, 6):
        sqlite_box.keep(parcel(0, hook(number)))
    targets = Targets(ci=hang, **{f"host{n}": take for n in range(1, 6)})
    worker = Worker(Lanes(sqlite_box), targets, threads=2)
    worker.tick()
    for _ in range(5):
        assert others.acquire(timeout=PATIENCE)
    assert sum(sent.subscription == HOOK for sent in targets.taken) == 1
    go.set()
    worker.wait()


def test_a_target_that_fails_is_left_alone_for_a_while(sqlite_box, clock):
    for number in range(10):
        sqlite_box.keep(parcel(number))
    assert len(work(sqlite_box, Targets(ci=BUSY))) == 1
    clock.now += 5
    assert len(work(sqlite_box, Targets(ci=OK))) == 9


def test_a_target_that_is_gone_is_asked_once(sqlite_box):
    for number in range(10):
        sqlite_box.keep(parcel(number))
    assert len(work(sqlite_box, Targets(ci=GONE))) == 1
    assert sqlite_box.store.read("SELECT * FROM outbox") == []


def test_where_nothing_could_be_tried_no_attempt_counts(sqlite_box):
    sqlite_box.keep(parcel(1))
    work(sqlite_box, Targets(ci=Outcome(failure=NO_TURN)))
    (row,) = sqlite_box.store.read("SELECT * FROM outbox")
    assert row["attempts"] == 0


def test_a_fault_with_one_parcel_is_no_other_parcels(sqlite_box, clock, logged):
    def poisoned(sent):
        if sent.payload == b"poison":
            raise RuntimeError("a fault")
        return OK

    sqlite_box.keep(parcel(1, payload=b"poison"))
    clock.now += 1
    sqlite_box.keep(parcel(2))
    work(sqlite_box, Targets(ci=poisoned))
    clock.now += 5
    work(sqlite_box, Targets(ci=poisoned))
    (row,) = sqlite_box.store.read("SELECT * FROM outbox")
    assert (row["uuid"], row["last_error"]) == (parcel(1).uuid, "broken")
    assert {entry["event"] for entry in logged} == {"a webhook can't be sent"}


def test_it_ends_behind_what_is_under_way(sqlite_box):
    begun, go = threading.Event(), threading.Event()

    def slow(sent):
        begun.set()
        assert go.wait(PATIENCE)
        return OK

    for number in range(5):
        sqlite_box.keep(parcel(number))
    targets = Targets(ci=slow)
    worker = Worker(Lanes(sqlite_box), targets)
    worker.tick()
    assert begun.wait(PATIENCE)
    assert not worker.stop(0)
    go.set()
    assert worker.stop(PATIENCE)
    assert len(targets.taken) == 1
    assert worker.tick() == 0
    assert len(work(sqlite_box, Targets())) == 4


def test_a_store_that_fails_under_way_loses_nothing(sqlite_box, clock, monkeypatch, logged):
    sqlite_box.keep(parcel(1))

    def refuse(*arguments):
        raise StoreError("the disk is full")

    lanes = Lanes(sqlite_box)
    with monkeypatch.context() as patched:
        patched.setattr(lanes, "settle", refuse)
        worker = Worker(lanes, Targets())
        worker.tick()
        worker.wait()
    assert [entry["problem"] for entry in logged] == ["the disk is full"]
    clock.now += LEASE
    assert work(sqlite_box, Targets()) == [parcel(1)]


def test_a_machine_without_threads_left_goes_on_later(sqlite_box, monkeypatch):
    sqlite_box.keep(parcel(1))
    worker = Worker(Lanes(sqlite_box), Targets())

    def refuse(thread):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        assert worker.tick() == 1
    assert worker.busy == 0
    assert work(sqlite_box, Targets()) == [parcel(1)]


def test_it_tells_of_each_attempt(sqlite_box):
    told = []
    for number in range(2):
        sqlite_box.keep(parcel(0, hook(number)))
    work(sqlite_box, Targets(host1=BUSY), told=lambda each, outcome: told.append((each.subscription.created, outcome)))
    assert sorted(told, key=lambda one: one[0]) == [(0, OK), (1, BUSY)]
