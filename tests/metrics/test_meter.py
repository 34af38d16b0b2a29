"""What is counted of calls, with which labels."""

import threading
from dataclasses import replace

import pytest

from shim.lifecycle import Lifecycle, window
from shim.metrics import Meter
from shim.metrics.fates import Fates
from shim.upstream import Kind
from tests.metrics.kit import NOON, backend, exchange, told
from tests.toy import SERVICE


def meter(service=SERVICE, **said):
    return Meter({"toy": backend(replace(service, lifecycle=Lifecycle.of(said)))})


def test_calls_are_counted_by_endpoint_method_and_status():
    counted = meter()
    for facts in ({}, {}, {"status": 404}, {"method": "HEAD"}, {"status": 503}, {"status": 501}):
        counted.observe(exchange(**facts))
    samples = {key[1:]: value for key, value in told(counted).items() if key[0] == "shim_requests_total"}
    assert samples == {
        ("toy", "get-things", "GET", "2xx"): 2,
        ("toy", "get-things", "GET", "4xx"): 1,
        ("toy", "get-things", "HEAD", "2xx"): 1,
        ("toy", "get-things", "GET", "5xx"): 1,
        ("toy", "get-things", "GET", "501"): 1,
    }


def test_what_clients_make_up_is_one_label():
    counted = meter()
    before = len(told(counted))
    for number in range(50):
        counted.observe(exchange("none", method=f"X{number}", status=405, agent=f"a{number}", caller=f"c{number}"))
    samples = told(counted)
    assert samples["shim_requests_total", "toy", "unknown", "other", "4xx"] == 50
    more = len(samples) - before
    counted.observe(exchange("none", method="BREW", status=405))
    assert len(told(counted)) - before == more


def test_no_label_tells_who_called():
    counted = meter(deprecated="2025-10-27")
    counted.observe(exchange(caller="someone", fingerprint="5ecre7", agent="agent-of-someone/1", scheme="Bearer"))
    assert not {"someone", "5ecre7", "agent-of-someone/1", "Bearer"} & {part for key in told(counted) for part in key}


def test_the_shims_time_is_told_apart_from_the_apis():
    counted = meter()
    counted.observe(exchange(seconds=1.5, waited=0.25, upstream=(("User", 0.5), ("Thing", 0.25), ("User", 0.25))))
    samples = told(counted)
    assert samples["shim_request_seconds_sum", "toy", "get-things"] == 1.5
    assert samples["shim_own_seconds_sum", "toy"] == 0.25
    assert samples["shim_gate_seconds_sum", "toy"] == 0.25
    assert samples["shim_upstream_seconds_sum", "toy", "User"] == 0.75
    assert samples["shim_upstream_seconds_count", "toy", "User"] == 2
    assert samples["shim_upstream_seconds_bucket", "toy", "Thing", "0.1"] == 0
    assert samples["shim_upstream_seconds_bucket", "toy", "Thing", "0.3"] == 1


def test_a_call_that_asks_nothing_has_not_waited():
    counted = meter()
    counted.observe(exchange())
    assert told(counted)["shim_gate_seconds_count", "toy"] == 0


def test_failures_refusals_and_bytes_are_counted():
    counted = meter()
    counted.observe(exchange(status=504, failures=(Kind.TIMEOUT,), bytes=30))
    counted.observe(exchange(status=410, refused=True, bytes=12))
    counted.observe(exchange(rehearsed=True, bytes=0))
    counted.busy("toy")
    counted.arrived("toy", "kept")
    counted.arrived("", "unknown")
    samples = told(counted)
    assert samples["shim_upstream_errors_total", "toy", "timeout"] == 1
    assert samples["shim_refused_requests_total", "toy", "get-things"] == 1
    assert samples["shim_rehearsed_requests_total", "toy", "get-things"] == 1
    assert samples["shim_answer_bytes_total", "toy", "get-things"] == 42
    assert samples["shim_busy_total", "toy"] == 1
    assert samples["shim_webhooks_total", "toy", "kept"] == samples["shim_webhooks_total", "", "unknown"] == 1


@pytest.mark.parametrize(
    ("said", "calls"),
    [
        ({}, None),
        ({"deprecated": "2025-10-27"}, 1),
        ({"deprecated": "2027-10-27"}, 0),
        ({"sunset": "2027-06-30"}, 1),
        ({"deprecated": "none"}, None),
    ],
)
def test_deprecated_calls_are_counted_from_zero_on(said, calls):
    counted = meter(**said)
    key = ("shim_deprecated_requests_total", "toy", "get-things")
    assert told(counted).get(key) == (None if calls is None else 0)
    counted.observe(exchange())
    assert told(counted).get(key) == calls


def shown(said, now=NOON, paused=lambda service: False):
    """What is shown of an endpoint's fate at a time."""
    toy = replace(SERVICE, lifecycle=Lifecycle.of(said))
    found = Fates({"toy": backend(toy)}, paused, lambda: now).collect()
    return {s.name: s.value for m in found for s in m.samples if s.labels.get("endpoint") == "get-things"}


def test_the_days_to_the_sunset_are_counted_down():
    assert shown({"sunset": "2026-01-03"}) == {"shim_sunset_days": 1.5}
    assert shown({"sunset": "2025-12-31"}) == {"shim_sunset_days": -1.5}
    assert shown({"sunset": "none"}) == shown({}) == {}


def brownouts(now, paused=False, rehearsal=None):
    windows = (window("2026-01-01T11:00Z/2h"), window("2026-01-05T00:00Z/1d"))
    found = shown({"brownouts": windows, "rehearsal": rehearsal}, now, lambda service: paused)
    return found.get("shim_brownout"), found.get("shim_brownout_begin_timestamp_seconds")


def test_brownouts_are_shown_while_they_refuse_and_before():
    hour, next_one = 3600, 1767571200.0
    assert brownouts(NOON - 1.5 * hour) == (0, NOON - hour)
    assert brownouts(NOON) == (1, next_one)
    assert brownouts(NOON + hour) == (0, next_one)
    assert brownouts(next_one) == (1, None)
    assert brownouts(NOON, paused=True) == (0, next_one)
    assert brownouts(NOON, rehearsal=True) == (None, None)


def test_losses_of_the_recorder_are_counted_once():
    counted, lost = meter(), {"full": 3}
    counted.watch(lambda: lost, lambda: 7)
    assert told(counted)["shim_usage_lost_total", "store"] == 0
    counted.refresh()
    counted.refresh()
    lost.update(full=5, killed=2, moths=1)
    counted.refresh()
    samples = told(counted)
    found = {key[1]: value for key, value in samples.items() if key[0] == "shim_usage_lost_total"}
    assert found == {"full": 5, "store": 0, "killed": 2, "stopped": 0, "other": 1}
    assert samples["shim_usage_queue",] == 7


def test_many_threads_lose_no_call():
    counted = meter(deprecated="2025-10-27")
    threads = [
        threading.Thread(target=lambda: [counted.observe(exchange(bytes=1)) for _ in range(500)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    samples = told(counted)
    assert samples["shim_requests_total", "toy", "get-things", "GET", "2xx"] == 4000
    assert samples["shim_request_seconds_count", "toy", "get-things"] == 4000
    assert samples["shim_answer_bytes_total", "toy", "get-things"] == 4000
