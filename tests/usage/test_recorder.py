"""Calls on their way to the store."""

from __future__ import annotations

import os
import threading
import warnings
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shim.rest.endpoint import Endpoint
from shim.store import open_store
from shim.usage.batch import PROGRAM_ROWS
from shim.usage.identity import Identity
from shim.usage.recorder import Recorder
from shim.usage.report import Report, Scope
from shim.usage.retention import Retention
from tests.conftest import NETWORK_KEY
from tests.usage.kit import ENDPOINT, HOUR, NOW, exchange, kept
from tests.usage.recording import NAMES, calls, observe

DAY = 24 * HOUR


def test_nothing_is_written_before_a_flush_and_everything_by_it(of, store):
    broken, recorder = of
    observe(recorder, 3)
    observe(recorder, status=404, upstream=(), bytes=5, began=NOW + 90.0, refused=True)
    observe(recorder, status=410, upstream=(), bytes=5, began=NOW + 80.0, rehearsed=True)
    assert (broken.writes, calls(store)) == (0, 0)
    recorder.flush()
    columns = ("caller", "agent", "authorization_kind", "status", "calls", "last_call", "upstream_calls", "bytes")
    assert kept(store, *columns) == [
        ("ann", "hut/0.4.0", "token", "2xx", 3, NOW + 60, 3, 30),
        ("ann", "hut/0.4.0", "token", "4xx", 2, NOW + 90, 0, 10),
    ]
    assert kept(store, "hour", "service", "endpoint", "refused", "rehearsed")[1] == (NOW, "git", "get-repos", 1, 1)


def test_what_is_no_endpoint_is_not_counted(of, store):
    broken, recorder = of
    observe(recorder, endpoint=None)
    recorder.flush()
    assert (broken.writes, calls(store)) == (0, 0)


def test_processes_and_hosts_add_up(store_url, store, clock):
    recorders = [Recorder(open_store(store_url), NAMES, clock=clock) for _ in range(3)]
    for n, recorder in enumerate(recorders):
        observe(recorder, n + 1, began=NOW + 100.0 - n)
        recorder.flush()
        recorder._store.close()
    assert kept(store, "caller", "calls", "last_call") == [("ann", 6, NOW + 100)]


def test_workers_that_write_at_once_add_up(store_url, store, clock):
    def work():
        with closing(open_store(store_url)) as own:
            recorder = Recorder(own, NAMES, clock=clock)
            for _ in range(10):
                observe(recorder, 5)
                recorder.flush()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept(store, "caller", "calls") == [("ann", 200)]


def test_a_forged_token_counts_for_nobody(of, store):
    recorder = of[1]
    observe(recorder, fingerprint="genuine")
    observe(recorder, fingerprint="genuine", accepted=False, status=403)
    observe(recorder, fingerprint="forged", accepted=False, status=401)
    observe(recorder, scheme="", accepted=False, caller=None, fingerprint="", status=401)
    recorder.flush()
    assert kept(store, "caller", "authorization_kind", "calls") == [
        ("", "none", 1),
        ("", "unverified", 1),
        ("ann", "token", 1),
        ("ann", "token", 1),
    ]


def test_names_may_be_hashed(store, clock):
    identity = Identity("hash", NETWORK_KEY)
    recorder = Recorder(store, identity, clock=clock)
    observe(recorder)
    recorder.flush()
    assert kept(store, "caller") == [(identity.hashed("ann"),)]


def test_ten_thousand_agents_are_a_few_rows(store, clock):
    recorder = Recorder(store, NAMES, clock=clock)
    for n in range(10_000):
        observe(recorder, agent=f"agent{n}/1.0")
    recorder.flush()
    rows = dict(kept(store, "agent", "calls"))
    assert len(rows) == 21
    assert rows["(other)"] == 9980
    assert sum(rows.values()) == 10_000


@pytest.mark.parametrize("known", [{}, {"scheme": "", "caller": None, "accepted": False}], ids=["ann", "nobody"])
def test_who_calls_everything_with_all_sorts_of_agents_fills_no_store(store, clock, known):
    recorder = Recorder(store, NAMES, clock=clock)
    endpoints = [Endpoint("GET", (f"/api/e{n}",), lambda call: None) for n in range(60)]
    for _ in range(2):
        for n in range(60 * 20 * 3):
            status, agent = (200, 404, 500)[n // 1200], f"agent{n // 60 % 20}/1.0"
            observe(recorder, endpoint=endpoints[n % 60], agent=agent, status=status, **known)
        recorder.flush()
    rows = kept(store, "agent", "calls")
    assert len(rows) <= PROGRAM_ROWS + 60 * 3
    assert len({agent for agent, _ in rows}) > 5
    assert sum(calls for _, calls in rows) == 2 * 3600


def test_callers_beyond_the_cap_are_told_together(store, clock):
    recorder = Recorder(store, NAMES, callers=3, clock=clock)
    for n in range(10):
        observe(recorder, caller=f"u{n}", fingerprint=str(n))
    observe(recorder, caller="u0", fingerprint="0")
    observe(recorder, caller="u9", fingerprint="9", began=NOW + HOUR)
    observe(recorder, scheme="", caller=None, accepted=False)
    recorder.flush()
    assert kept(store, "caller", "calls") == [("", 1), ("(other)", 7), ("u0", 2), ("u1", 1), ("u2", 1), ("u9", 1)]


def test_a_clock_that_jumps_ahead_and_back_destroys_and_invents_nothing(of, store, clock):
    recorder = of[1]
    retention = Retention(store, 400, clock)
    observe(recorder, 2)
    for began in (NOW + 73 * 365 * DAY, 0, 5, NOW + 120):
        clock.now = began + 1
        observe(recorder, began=float(began))
        recorder.flush()
    clock.now = NOW + 130
    observe(recorder)
    recorder.flush()
    report = Report(store, clock)
    assert calls(store) == 7
    assert [use.calls for use in report.uses(Scope(NOW - DAY, 10**11))] == [4]
    assert report.last_call("git", "get-repos") == NOW + 120
    retention.run()
    assert calls(store) == 5
    assert report.first() == NOW


def test_retention_takes_nothing_from_what_is_being_recorded(of, store, clock):
    recorder = of[1]
    observe(recorder, 3, began=float(NOW - 401 * DAY))
    recorder.flush()
    stop, turns = threading.Event(), [0]

    def keep_deleting():
        while not stop.is_set():
            clock.now += 2 * HOUR
            Retention(store, 400, clock).run()
            turns[0] += 1

    thread = threading.Thread(target=keep_deleting)
    thread.start()
    while turns[0] < 3:
        observe(recorder, 5)
        recorder.flush()
    stop.set()
    thread.join()
    recorder.flush()
    assert calls(store) % 5 == 0
    assert calls(store) >= 5
    assert min(kept(store, "hour")) >= (NOW,)


def test_a_forked_process_counts_its_own(sqlite_url, sqlite_store, tmp_path, clock):
    recorder = Recorder(sqlite_store, NAMES, state=tmp_path, clock=clock)
    recorder.sweep()
    observe(recorder, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of threads, as there is the store's
        child = os.fork()
    if not child:
        observe(recorder, 3)
        recorder.close()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert calls(sqlite_store) == 3
    recorder.close()
    assert calls(sqlite_store) == 5
    assert list(tmp_path.glob("usage-*")) == []


def test_every_observer_sees_that_somebody_flushes(store, clock):
    begun = []
    recorder = Recorder(store, NAMES, begin=lambda: begun.append(1), clock=clock)
    observe(recorder, 2)
    assert begun == [1, 1]


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "status": st.integers(100, 599),
        "caller": st.none() | st.text(max_size=80),
        "fingerprint": st.sampled_from(["", "a", "b"]),
        "scheme": st.sampled_from(["", "token", "Bearer", "Internal"]),
        "agent": st.text(max_size=200),
        "accepted": st.booleans(),
        "began": st.floats(-1e9, 1e11),
        "bytes": st.integers(0, 2**40),
        "method": st.sampled_from(["GET", "HEAD"]),
    },
)


@given(st.lists(CHANGES, max_size=30))
@settings(max_examples=30)
def test_whatever_was_called_is_counted(tmp_path_factory, changes):
    folder = tmp_path_factory.mktemp("any")
    with closing(open_store(f"sqlite:///{folder}/store")) as store:
        recorder = Recorder(store, NAMES, state=folder)
        recorder.sweep()
        for each in changes:
            recorder.observe(exchange(**each))
        recorder.close()
        assert (recorder.lost, list(folder.glob("usage-*"))) == ({}, [])
        assert not changes or calls(store) == len(changes)


def test_the_endpoint_of_a_row_is_its_slug():
    assert ENDPOINT.slug == "get-repos"
