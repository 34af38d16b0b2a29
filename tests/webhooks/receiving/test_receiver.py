"""What becomes of the API's deliveries, over real sockets: from its POST to the target's."""

import json
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest
import requests

from shim.config import parse
from shim.services.bridge import Record
from shim.services.subscription import open_, seal
from shim.store import StoreError, open_store
from shim.webhooks.receiving.memory import Memory
from shim.webhooks.receiving.receiver import Receiver
from shim.webhooks.receiving.route import LARGEST
from shim.webhooks.sending.parcel import key_of
from shim.webhooks.sending.turns import Turns
from tests.conftest import NETWORK_KEY, WEBHOOK_KEY
from tests.parity.pairs import SERVICES, asked, kind_of, of_git, of_todo, told, translated
from tests.webhooks.kit import KEYS, UUID, Site, Target, answering, delivery, is_signed, native, record_of, subscribed

OTHER_UUID = UUID.replace("5", "6")
FORGED = {"errors": [{"reason": "Request payload signature verification failed."}]}


@pytest.fixture
def site():
    """A receiver with no store."""
    with Site() as made:
        yield made


@pytest.fixture
def target():
    """A target that thanks."""
    with Target() as made:
        yield made


def test_a_native_delivery_goes_out_as_the_old_one_and_the_answer_tells_of_it(site, target):
    response = site.deliver(subscribed(target.url), native())
    (received,) = target.received
    assert is_signed(received)
    assert (received["X-Webhook-Event"], received["X-Webhook-Delivery"]) == ("repo:update", UUID)
    assert list(json.loads(received.body)) == ["id", "created", "updated", "name", "description", "visibility", "owner"]
    record = record_of(response)
    assert (record.status, record.text, record.reason) == (200, "Thanks", "")
    assert f"X-Payload-Nonce: {received['X-Payload-Nonce']}" in record.sent.splitlines()
    assert response.headers["Content-Type"] == "application/json"
    assert site.results == [("git", "delivered")]
    assert site.kept == []


PAIRS = [pair for pair in (*of_git(), *of_todo()) if len(pair.natives) == 1 and pair.kind in ("user", "tracker")]


def test_recorded_deliveries_arrive_as_they_were_sent(site, target):
    sent = []
    for pair in PAIRS:
        events = tuple(event.legacy for event in kind_of(pair.service, pair.kind).events)
        uuid = f"0a1b2c3d-4e5f-4a6b-8c7d-{len(sent):012x}"
        body = asked(pair.service, pair.era, pair.kind, pair.natives[0].replace("{uuid}", uuid))
        subscription = subscribed(target.url, *events, service=pair.service, kind=pair.kind)
        known = len(target.received)
        record = record_of(site.deliver(subscription, body, service=pair.service))
        if record.reason:
            assert len(target.received) == known
            continue
        sent.append(pair)
        payload = translated(pair, pair.natives[0]).payload.replace(told("{uuid}"), uuid)
        assert target.received[-1].body.decode() == payload
    assert len(sent) > 70


def forgery(**change):
    """The headers of a delivery, with some of them otherwise."""
    return {key.replace("_", "-"): value for key, value in change.items()}


@pytest.mark.parametrize(
    "headers",
    [
        forgery(X_Payload_Signature="A" * 86 + "=="),
        forgery(X_Payload_Signature=""),
        forgery(X_Payload_Signature="!"),
        forgery(X_Payload_Nonce=""),
        forgery(X_Payload_Nonce="0011223344556677"),
        forgery(X_Payload_Nonce="00"),
    ],
)
def test_what_the_instance_did_not_sign_changes_nothing(site, target, headers):
    response = site.deliver(subscribed(target.url), native(), **headers)
    assert (response.status_code, response.json()) == (403, FORGED)
    assert (target.connections, site.results) == (0, [("git", "forged")])
    assert record_of(site.deliver(subscribed(target.url), native())).status == 200


def test_another_body_than_was_signed_changes_nothing(site, target):
    nonce = "00112233445566aa"
    signed = site.deliver(subscribed(target.url), native(uuid=OTHER_UUID), nonce).request
    headers = {key: signed.headers[key] for key in ("X-Payload-Signature", "X-Payload-Nonce")}
    assert requests.post(signed.url, native(), headers=headers, timeout=9).status_code == 403
    assert [result for _, result in site.results] == ["delivered", "forged"]


def test_a_request_counts_once(site, target):
    first = site.deliver(subscribed(target.url), native(), "00112233445566aa")
    again = requests.post(first.url, first.request.body, headers=first.request.headers, timeout=9)
    assert (again.status_code, again.json()) == (403, FORGED)
    other = seal(KEYS, subscribed(target.url))
    moved = requests.post(
        first.url.rpartition("/")[0] + f"/{other}", native(), headers=first.request.headers, timeout=9
    )
    assert moved.status_code == 403
    assert target.connections == 1
    assert [result for _, result in site.results] == ["delivered", "replayed", "replayed"]


def tampered(sealed):
    """The sealed text with one character otherwise."""
    at = len(sealed) // 2
    return sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]


@pytest.mark.parametrize(
    "change",
    [
        tampered,
        lambda sealed: sealed[:-1],
        lambda sealed: sealed[1:],
        lambda sealed: sealed + "A",
        lambda sealed: sealed + "=",
        lambda sealed: "x",
        lambda sealed: "x" * 5000,
        lambda sealed: seal([bytes(32)], subscribed("http://127.0.0.1/")),
        lambda sealed: seal(KEYS, subscribed("http://127.0.0.1/", service="hg")),
        lambda sealed: seal(KEYS, subscribed("http://127.0.0.1/", service="nothing")),
        lambda sealed: seal(KEYS, subscribed("http://127.0.0.1/", kind="tracker")),
    ],
    ids=["tampered", "short", "begun", "long", "padded", "none", "huge", "key", "service", "nowhere", "kind"],
)
def test_what_no_subscription_of_the_service_is_sealed_in_is_unknown(site, target, change):
    sealed = change(seal(KEYS, subscribed(target.url)))
    response = site.deliver(sealed, native())
    assert (response.status_code, response.json()) == (404, {"errors": [{"reason": "404 not found"}]})
    assert (target.connections, site.results) == (0, [("", "unknown")])


@pytest.mark.parametrize("service", ["hg", "todo", "nothing"])
def test_a_subscription_is_its_services_alone(site, target, service):
    assert site.deliver(subscribed(target.url), native(), service=service).status_code == 404
    assert (target.connections, site.results) == (0, [("", "unknown")])


def test_a_subscription_under_an_older_key_still_has_its_events(target):
    old, new = bytes(range(32)), bytes(range(1, 33))
    with Site(keys=[new, old]) as site:
        assert record_of(site.deliver(seal([old], subscribed(target.url)), native())).status == 200
        assert record_of(site.deliver(seal([new], subscribed(target.url)), native())).status == 200
    with Site(keys=[new]) as site:
        assert site.deliver(seal([old], subscribed(target.url)), native()).status_code == 404
    assert target.connections == 2


def test_a_repetition_of_the_api_is_answered_with_what_became_of_the_event(site, target):
    subscription = seal(KEYS, subscribed(target.url))
    first, second = (site.deliver(subscription, native()) for _ in range(2))
    assert second.content == first.content
    assert record_of(second).status == 200
    assert target.connections == 1
    other = site.deliver(seal(KEYS, subscribed(target.url)), native())
    assert other.status_code == 200
    assert target.connections == 2
    assert [result for _, result in site.results] == ["delivered", "duplicate", "delivered"]


@contextmanager
def at_work():
    """A target that answers when it is told to, how it says that it was asked, and how it is told."""
    asked, free = threading.Event(), threading.Event()

    def waiting(connection):
        asked.set()
        free.wait(30)
        answering()(connection)

    with Target(waiting) as target:
        yield target, asked, free


def test_of_two_deliveries_of_an_event_at_once_one_is_sent(site):
    with at_work() as (target, asked, free):
        subscription = seal(KEYS, subscribed(target.url))
        answers = []
        thread = threading.Thread(target=lambda: answers.append(site.deliver(subscription, native())))
        thread.start()
        assert asked.wait(10)
        second = site.deliver(subscription, native())
        free.set()
        thread.join()
        third = site.deliver(subscription, native())
    assert (second.status_code, second.headers["Retry-After"]) == (503, "120")
    assert record_of(answers[0]).status == 200
    assert third.content == answers[0].content
    assert target.connections == 1
    assert [result for _, result in site.results] == ["running", "delivered", "duplicate"]


def test_of_many_deliveries_of_an_event_by_two_processes_one_is_sent(store, store_url, target):
    stores = [open_store(store_url) for _ in range(2)]
    with Site(store=stores[0]) as one, Site(store=stores[1]) as two:
        subscription, begin = seal(KEYS, subscribed(target.url)), threading.Barrier(8)
        statuses = []

        def deliver(site):
            begin.wait()
            statuses.append(site.deliver(subscription, native()).status_code)

        threads = [threading.Thread(target=deliver, args=(site,)) for site in [one, two] * 4]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {site.deliver(subscription, native()).status_code for site in (one, two)} == {200}
    assert set(statuses) <= {200, 503}
    assert 200 in statuses
    assert target.connections == 1
    assert sum(result == "delivered" for _, result in one.results + two.results) == 1
    for each in stores:
        each.close()


def test_a_nonce_is_refused_by_another_process_that_shares_the_store(store, store_url, target):
    stores = [open_store(store_url) for _ in range(2)]
    subscription, nonce = seal(KEYS, subscribed(target.url)), "00112233445566aa"
    with Site(store=stores[0]) as one, Site(store=stores[1]) as two:
        assert one.deliver(subscription, native(), nonce).status_code == 200
        assert two.deliver(subscription, native(), nonce).status_code == 403
        assert two.deliver(subscription, native()).status_code == 200
        assert [result for _, result in two.results] == ["replayed", "duplicate"]
    assert target.connections == 1
    for each in stores:
        each.close()


@pytest.mark.parametrize(
    "body",
    [
        b'{"errors":[{"message":"Access denied"}],"data":null}',
        b'{"data":{"webhook":null}}',
        b'{"data":{}}',
        b"{}",
        b"",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        native().replace(b'"name"', b'"other"'),
        native().replace(b'"visibility": "PUBLIC"', b'"visibility": null'),
        native().replace(b'"data"', b'"errors": [{"message": "no"}], "data"'),
        native().replace(UUID.encode(), b"no-uuid"),
        native().replace(UUID.encode(), b"a\\r\\nX-Evil: 1"),
        native().replace(b"REPO_UPDATE", b"REPO_SOLD"),
    ],
    ids=lambda body: body[:20].decode(errors="replace") + str(len(body)),
)
def test_what_is_not_whole_is_recorded_and_not_sent(site, target, body):
    record = record_of(site.deliver(subscribed(target.url), body))
    assert (record.status, record.text) == (-2, None)
    assert record.reason
    assert (target.connections, site.results, site.kept) == (0, [("git", "untranslatable")], [])


def test_partial_data_is_replayed_no_more_than_anything(site, target):
    body = b'{"data":null}'
    assert site.deliver(subscribed(target.url), body, "00112233445566aa").status_code == 200
    assert site.deliver(subscribed(target.url), body, "00112233445566aa").status_code == 403


def test_an_event_that_was_not_subscribed_to_is_recorded_and_not_sent(site, target):
    record = record_of(site.deliver(subscribed(target.url, "repo:create"), native()))
    assert (record.status, record.reason) == (-2, "not subscribed to")
    assert (target.connections, site.results) == (0, [("git", "unsent")])


def test_too_large_a_body_is_refused(site, target):
    response = site.deliver(subscribed(target.url), b"x" * (LARGEST + 1))
    assert response.status_code == 413
    assert (target.connections, site.results) == (0, [("git", "refused")])


@pytest.mark.parametrize("status", [302, 404, 410])
def test_what_the_target_answered_is_what_was_delivered(site, status):
    with Target() as second, Target(answering(status, b"no", f"Location: {second.url}")) as target:
        record = record_of(site.deliver(subscribed(target.url), native()))
    assert (record.status, record.text) == (status, "no")
    assert (second.connections, site.kept, site.results) == (0, [], [("git", "delivered")])


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_the_target_could_not_take_is_kept_before_the_api_is_answered(site, status):
    with Target(answering(status, b"later", "Retry-After: 7")) as target:
        subscription = seal(KEYS, subscribed(target.url))
        record = record_of(site.deliver(subscription, native()))
    ((parcel, outcome),) = site.kept
    assert (record.status, record.text) == (status, "later")
    assert (parcel.uuid, parcel.event, parcel.url) == (UUID, "repo:update", target.url)
    assert parcel.key == key_of(open_(KEYS, subscription))
    assert parcel.payload == target.received[0].body
    assert outcome.retry_after(0.0) == 7.0
    assert site.results == [("git", "kept")]


def test_nobody_at_the_target_is_recorded_and_kept(site, target):
    target.__exit__()
    record = record_of(site.deliver(subscribed(target.url), native()))
    assert (record.status, record.text) == (-2, None)
    assert len(site.kept) == 1


def test_a_target_that_must_not_be_reached_is_not(target):
    with Site(delivery=delivery(networks=())) as site:
        record = record_of(site.deliver(subscribed(target.url), native()))
    assert record.status == -2
    assert (target.connections, site.kept[0][1].failure) == (0, "refused address")


def test_more_than_run_at_once_are_kept_unsent():
    with at_work() as (target, asked, free), Site(delivery=delivery(turns=Turns(8, 1))) as site:
        thread = threading.Thread(target=site.deliver, args=(subscribed(target.url), native()))
        thread.start()
        assert asked.wait(10)
        record = record_of(site.deliver(subscribed(target.url), native(uuid=OTHER_UUID)))
        free.set()
        thread.join()
    assert record.status == -2
    assert [(parcel.uuid, outcome.failure) for parcel, outcome in site.kept] == [(OTHER_UUID, "busy")]
    assert target.connections == 1


def test_one_user_takes_a_share_of_the_turns_whatever_the_hosts(target):
    with at_work() as (slow, asked, free), Site(delivery=delivery(turns=Turns(8, 1))) as site:
        thread = threading.Thread(target=site.deliver, args=(subscribed(slow.url), native()))
        thread.start()
        assert asked.wait(10)
        elsewhere = target.url.replace("127.0.0.1", "127.1")
        site.deliver(subscribed(elsewhere), native())
        assert record_of(site.deliver(subscribed(elsewhere, user="alice"), native())).status == 200
        free.set()
        thread.join()
    assert [(parcel.url, outcome.failure) for parcel, outcome in site.kept] == [(elsewhere, "busy")]


def test_without_an_outbox_an_attempt_is_all_there_is():
    with Target(answering(503, b"no")) as target, Site(outbox=None) as site:
        assert record_of(site.deliver(subscribed(target.url), native())).status == 503
    assert site.results == [("git", "failed")]


def test_without_an_outbox_what_was_not_tried_is_left_to_the_api():
    with at_work() as (target, asked, free), Site(delivery=delivery(turns=Turns(1, 1)), outbox=None) as site:
        subscription = seal(KEYS, subscribed(target.url))
        thread = threading.Thread(target=site.deliver, args=(subscribed(target.url), native()))
        thread.start()
        assert asked.wait(10)
        response = site.deliver(subscription, native(uuid=OTHER_UUID))
        free.set()
        thread.join()
        assert (response.status_code, response.headers["Retry-After"]) == (503, "120")
        assert record_of(site.deliver(subscription, native(uuid=OTHER_UUID))).status == 200
    assert [result for _, result in site.results] == ["unavailable", "delivered", "delivered"]


class Full:
    """An outbox that keeps nothing."""

    def keep(self, parcel, outcome):
        raise StoreError("the disk is full")

    def arrived(self, parcel, outcome):
        raise StoreError("the disk is full")


def test_what_can_not_be_kept_is_left_to_the_api():
    with Target(answering(503), answering(200)) as target, Site(outbox=Full()) as site:
        subscription = seal(KEYS, subscribed(target.url))
        assert site.deliver(subscription, native()).status_code == 503
        assert record_of(site.deliver(subscription, native())).status == 200
    assert target.connections == 2
    assert [result for _, result in site.results] == ["unavailable", "delivered"]
    assert {request["X-Webhook-Delivery"] for request in target.received} == {UUID}


class Faulty:
    """A delivery with a fault of ours, once."""

    def __init__(self):
        self._sound, self._calls = delivery(), 0

    def send(self, *arguments, **options):
        self._calls += 1
        if self._calls == 1:
            raise RuntimeError("a fault")
        return self._sound.send(*arguments, **options)


def test_a_fault_of_ours_loses_nothing(target, logged):
    with Site(delivery=Faulty()) as site:
        subscription = seal(KEYS, subscribed(target.url))
        assert site.deliver(subscription, native()).status_code == 503
        assert record_of(site.deliver(subscription, native())).status == 200
    assert [result for _, result in site.results] == ["unavailable", "delivered"]
    assert [entry["event"] for entry in logged] == ["webhook failed"]
    assert subscription not in repr(logged)


def test_with_the_store_gone_events_are_delivered_all_the_same(sqlite_store, sqlite_url, target):
    impatient = open_store(sqlite_url, 0.01, 0.01)
    with Site(store=impatient, outbox=Full()) as site:
        subscription = seal(KEYS, subscribed(target.url))
        assert site.deliver(subscription, native()).status_code == 200
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        nonce = "00112233445566aa"
        assert record_of(site.deliver(subscription, native(uuid=OTHER_UUID), nonce)).status == 200
        assert site.deliver(subscription, native(uuid=OTHER_UUID), nonce).status_code == 403
        assert site.deliver(subscription, native(uuid=OTHER_UUID)).status_code == 200
        other.close()
    assert target.connections == 2
    counted = [result for _, result in site.results]
    assert [result for result in counted if result != "forgetful"] == [
        "delivered",
        "delivered",
        "replayed",
        "duplicate",
    ]
    assert counted.count("forgetful") == 2
    impatient.close()


def test_a_second_url_has_the_native_form_with_our_signature(target):
    with Target() as second, Site(dual=True) as site:
        body = native()
        record = record_of(site.deliver(subscribed(target.url, dual=second.url), body))
    (received,) = second.received
    assert received.body == body
    assert is_signed(received)
    assert (received["X-Webhook-Event"], received["X-Webhook-Delivery"]) == ("REPO_UPDATE", UUID)
    assert json.loads(target.received[0].body)["id"] == json.loads(body)["data"]["webhook"]["repository"]["id"]
    assert record.status == 200


def test_what_the_second_url_could_not_take_is_kept_apart(target):
    with Target(answering(503)) as second, Site(dual=True) as site:
        subscription = seal(KEYS, subscribed(target.url, dual=second.url))
        assert record_of(site.deliver(subscription, native())).status == 200
    ((parcel, _),) = site.kept
    assert (parcel.url, parcel.payload, parcel.event) == (second.url, native(), "REPO_UPDATE")
    assert parcel.key == key_of(open_(KEYS, subscription), native=True)
    assert site.results == [("git", "delivered")]


def test_a_second_url_has_nothing_where_that_is_not_wanted(target):
    with Target() as second, Site() as site:
        record_of(site.deliver(subscribed(target.url, dual=second.url), native()))
        with Site(dual=True) as other:
            record_of(other.deliver(subscribed(target.url, "repo:create", dual=second.url), native()))
    assert second.connections == 0


DENIED = b'{"errors":[{"message":"Access denied"}],"data":null}'
TOLD = {"X-Webhook-Event": "REPO_UPDATE", "X-Webhook-Delivery": UUID}


@pytest.mark.parametrize("body", [DENIED, native().replace(b'"name"', b'"other"')], ids=["denied", "damaged"])
def test_a_second_url_has_what_can_not_be_translated_once(target, body):
    with Target() as second, Site(dual=True) as site:
        subscription = seal(KEYS, subscribed(target.url, dual=second.url))
        first, again = (site.deliver(subscription, body, **TOLD) for _ in range(2))
    (received,) = second.received
    assert received.body == body
    assert is_signed(received)
    assert (received["X-Webhook-Event"], received["X-Webhook-Delivery"]) == ("REPO_UPDATE", UUID)
    assert record_of(first).reason
    assert again.content == first.content
    assert (target.connections, [result for _, result in site.results]) == (0, ["untranslatable", "duplicate"])


def test_what_its_second_url_could_not_take_is_kept(target):
    with Target(answering(503)) as second, Site(dual=True) as site:
        record_of(site.deliver(subscribed(target.url, dual=second.url), DENIED, **TOLD))
    ((parcel, _),) = site.kept
    assert (parcel.url, parcel.payload, parcel.event, parcel.uuid) == (second.url, DENIED, "REPO_UPDATE", UUID)


@pytest.mark.parametrize(
    ("told", "settings", "members"),
    [
        ({}, {"dual": True}, {}),
        ({**TOLD, "X-Webhook-Event": "REPO_SOLD"}, {"dual": True}, {}),
        ({**TOLD, "X-Webhook-Event": "REPO_CREATED"}, {"dual": True}, {}),
        ({**TOLD, "X-Webhook-Delivery": "no-uuid"}, {"dual": True}, {}),
        (TOLD, {}, {}),
        (TOLD, {"dual": True}, {"dual": ""}),
    ],
)
def test_a_second_url_has_nothing_without_a_name_that_was_subscribed_to(target, told, settings, members):
    with Target() as second, Site(**settings) as site:
        record_of(site.deliver(subscribed(target.url, **{"dual": second.url, **members}), DENIED, **told))
    assert (target.connections, second.connections, site.kept) == (0, 0, [])


def test_what_a_body_says_counts_more_than_its_headers(target):
    body = native().replace(b'"name"', b'"other"')
    told = {"X-Webhook-Event": "REPO_CREATED", "X-Webhook-Delivery": UUID[::-1]}
    with Target() as second, Site(dual=True) as site:
        record_of(site.deliver(subscribed(target.url, "repo:update", "repo:create", dual=second.url), body, **told))
    assert [(one["X-Webhook-Event"], one["X-Webhook-Delivery"]) for one in second.received] == [("REPO_UPDATE", UUID)]


def test_headers_that_nobody_signed_hide_no_event(target):
    with Target() as second, Site(dual=True) as site:
        subscription = seal(KEYS, subscribed(target.url, dual=second.url))
        record_of(site.deliver(subscription, DENIED, **TOLD))
        assert record_of(site.deliver(subscription, native())).status == 200
    assert target.connections == 1


def test_nothing_of_a_target_or_a_body_is_logged(site, logged, caplog):
    with Target(answering(500)) as target:
        url = target.url.replace("http://", "http://me:hunter2@")
        site.deliver(subscribed(f"{url}?token=hunter2"), native())
        site.deliver(subscribed(f"{url}?token=hunter2"), native().replace(b'"name"', b'"hunter2"'))
    assert len(target.received) == 1
    assert "hunter2" not in repr(logged) + caplog.text
    assert [entry["event"] for entry in logged] == ["webhook not translated"]


INI = f"""
[git.sr.ht]
origin = http://git.example.org
[sr.ht]
network-key = {NETWORK_KEY}
[webhooks]
private-key = {WEBHOOK_KEY}
"""


def test_a_configuration_has_a_receiver_where_it_has_the_keys():
    whole = parse(INI, "x")
    services = SERVICES.values()
    assert isinstance(Receiver.of(whole, services), Receiver)
    assert Receiver.of(replace(whole, private_key=None), services) is None
    assert Receiver.of(replace(whole, network_key=None), services) is None


def test_a_receiver_tells_of_a_store_that_it_could_not_have(sqlite_url):
    found = []
    store = open_store(sqlite_url.replace("sqlite:///", "sqlite:////nowhere"), 0.01, 0.01)
    receiver = Receiver.of(parse(INI, "x"), SERVICES.values(), store, observe=lambda *told: found.append(told))
    receiver.memory.arrive("n", None)
    assert [(service, result.value) for service, result in found] == [("", "forgetful")]
    store.close()
    assert isinstance(receiver.memory, Memory)
    assert Record.read(Record(reason="x").write().decode()) == Record(reason="x")
