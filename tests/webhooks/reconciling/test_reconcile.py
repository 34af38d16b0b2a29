"""What upstream could not deliver, and forgot, is delivered once."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from shim.services import discover
from shim.services.bridge import Named, Record
from shim.store import open_store
from shim.webhooks.bridge import Connected
from shim.webhooks.queue.outbox import Outbox
from shim.webhooks.receiving.memory import Memory, Verdict
from shim.webhooks.receiving.recent import Arrival
from shim.webhooks.reconciling.reconcile import OLDEST, SETTLED, Reconciler
from shim.webhooks.sending.parcel import key_of
from tests.webhooks.kit import delivery, native
from tests.webhooks.waiting import BUSY, HOOK, KEYS, OK, hook, serve

UUIDS = [f"00000000-0000-4000-8000-{number:012}" for number in range(9)]
SERVICES = list(discover())


@pytest.fixture
def memory(store, clock):
    return Memory(store, clock=clock)


@pytest.fixture
def reconciler(box, memory, clock):
    return Reconciler(SERVICES, box, memory, clock=clock)


def row(clock, number=0, age=SETTLED, status=None, body=None, **changes):
    """One of upstream's records."""
    date = datetime.fromtimestamp(clock.now - age, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.123456Z")
    sent = native(uuid=UUIDS[number]).decode()
    answered = {"responseBody": body, "responseHeaders": None, "responseStatus": status}
    return {"uuid": UUIDS[number], "date": date, "event": "REPO_UPDATE", "requestBody": sent, **answered, **changes}


def test_what_never_arrived_is_delivered_once(reconciler, box, clock):
    rows = [row(clock, 0), row(clock, 1, status=502, body="Bad Gateway"), row(clock, 2, status=200, body="{}")]
    assert reconciler.take(HOOK, rows) == 3
    assert reconciler.take(HOOK, rows) == 0
    sent = serve(box, OK)
    assert sorted(parcel.uuid for parcel in sent) == UUIDS[:3]
    assert json.loads(sent[0].payload)["owner"]["canonical_name"] == "~jdoe"
    assert reconciler.take(HOOK, rows) == 0


def test_what_upstream_has_a_record_of_arrived(reconciler, clock):
    ours = Record(503, "", "later", "").write().decode()
    assert reconciler.take(HOOK, [row(clock, status=200, body=ours)]) == 0


def test_what_arrived_though_upstream_never_heard_of_it_did_arrive(reconciler, memory, clock):
    arrival = Arrival(key_of(HOOK), UUIDS[0], "repo:update")
    assert memory.arrive("0" * 16, arrival) is Verdict.NEW
    memory.end(arrival, b"{}")
    assert reconciler.take(HOOK, [row(clock)]) == 0


def test_what_a_killed_process_was_about_is_missing(reconciler, memory, clock):
    assert memory.arrive("0" * 16, Arrival(key_of(HOOK), UUIDS[0], "repo:update")) is Verdict.NEW
    assert reconciler.take(HOOK, [row(clock)]) == 1


def test_what_waits_is_not_missing(reconciler, box, clock):
    assert reconciler.take(HOOK, [row(clock)]) == 1
    serve(box, BUSY)
    assert reconciler.take(HOOK, [row(clock)]) == 0


def test_upstream_comes_too_late_with_what_is_delivered_already(reconciler, store, clock):
    reconciler.take(HOOK, [row(clock)])
    other = Memory(store, clock=clock)
    assert isinstance(other.arrive("0" * 16, Arrival(key_of(HOOK), UUIDS[0], "repo:update")), bytes)


@pytest.mark.parametrize(("age", "taken"), [(0, 0), (SETTLED - 1, 0), (SETTLED, 1), (OLDEST - 1, 1), (OLDEST + 9, 0)])
def test_upstream_may_be_about_to_deliver_what_is_young(reconciler, clock, age, taken):
    assert reconciler.take(HOOK, [row(clock, age=age)]) == taken


@pytest.mark.parametrize("body", ["", "[]", "{", '{"data": {"webhook": null}}'])
def test_what_can_not_be_translated_is_passed_over(reconciler, clock, body):
    assert reconciler.take(HOOK, [row(clock, requestBody=body)]) == 0


def test_events_that_were_not_subscribed_to_are_passed_over(reconciler, clock):
    assert reconciler.take(hook(events=("repo:delete",)), [row(clock)]) == 0
    assert reconciler.take(hook(service="lists"), [row(clock)]) == 0
    assert reconciler.take(hook(kind="tracker"), [row(clock)]) == 0


def test_the_second_url_gets_its_form_where_that_is_allowed(store, box, memory, clock):
    dual = hook(dual="https://new.example.org/")
    assert Reconciler(SERVICES, box, memory, clock=clock).take(dual, [row(clock, 0)]) == 1
    assert [parcel.event for parcel in serve(box, OK)] == ["repo:update"]
    assert Reconciler(SERVICES, box, memory, dual=True, clock=clock).take(dual, [row(clock, 1)]) == 1
    assert sorted(parcel.event for parcel in serve(box, OK)) == ["REPO_UPDATE", "repo:update"]


def test_the_owners_routes_have_it_done_and_never_fail(reconciler, box, clock, tmp_path, logged):
    bridge, named = Connected(delivery(), box, reconciler), Named(1, HOOK)
    bridge.met(named, [row(clock)])
    assert bridge.later(named, UUIDS) == {}
    assert [parcel.uuid for parcel in serve(box, OK)] == UUIDS[:1]
    assert bridge.later(named, UUIDS) == {UUIDS[0]: OK.record()}
    bridge.met(named, [row(clock, 1)])
    bridge.ended(named)
    assert serve(box, OK) == []
    gone = Outbox(open_store(f"sqlite:///{tmp_path}/nowhere/store"), KEYS, clock)
    lost = Connected(delivery(), gone, Reconciler(SERVICES, gone, Memory(gone.store), clock=clock))
    lost.met(named, [row(clock)])
    assert lost.later(named, UUIDS) == {}
    lost.ended(named)
    assert len([entry for entry in logged if "nowhere" in entry.get("problem", "")]) == 3


DENIED = '{"errors": [{"message": "Access denied"}], "data": null}'


def test_what_can_not_be_translated_is_delivered_to_the_second_url_once(store, box, memory, clock):
    dual = hook(dual="https://new.example.org/")
    rows = [row(clock, requestBody=DENIED)]
    assert Reconciler(SERVICES, box, memory, clock=clock).take(dual, rows) == 0
    reconciler = Reconciler(SERVICES, box, memory, dual=True, clock=clock)
    assert reconciler.take(dual, rows) == 1
    assert [(one.event, one.uuid, one.payload.decode()) for one in serve(box, OK)] == [
        ("REPO_UPDATE", UUIDS[0], DENIED)
    ]
    assert reconciler.take(dual, rows) == 0
    assert reconciler.take(HOOK, rows) == 0
    assert reconciler.take(hook(dual=dual.dual, events=("repo:delete",)), rows) == 0
