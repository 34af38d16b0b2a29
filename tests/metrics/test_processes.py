"""Several processes that count together, and what becomes of their files."""

import errno
import os
import stat
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import values

from shim.metrics import Meter, Places, join
from shim.metrics.counting import METHODS
from shim.metrics.processes import FOLDER, RESERVED
from shim.services import discover
from shim.services.backend import Backend
from shim.settings import ServiceConfig
from shim.upstream import Kind, Local
from tests.metrics.kit import backend, exchange, told
from tests.toy import config

CALLS = ("shim_requests_total", "toy", "get-things", "GET", "2xx")


@pytest.fixture
def places(monkeypatch):
    """Places; whatever a test makes this process count with is undone."""
    monkeypatch.setenv(FOLDER, "/nonexistent")
    monkeypatch.setattr(values, "ValueClass", values.MutexValue)
    found = Places()
    yield found
    values.close_all_multiprocess_files()
    found.stop()


def worker(places, place):
    """The meter of a process at a place."""
    join(places.folder, place)
    return Meter({"toy": backend()})


def files(places):
    return sorted(path.name for path in Path(places.folder).iterdir())


def test_what_each_counts_is_one_sum(places):
    first, second = worker(places, 0), worker(places, 1)
    for meter in (first, first, second):
        meter.observe(exchange())
    assert told(first)[CALLS] == told(second)[CALLS] == 3
    assert told(first)["shim_request_seconds_count", "toy", "get-things"] == 3


def test_who_takes_over_a_place_counts_on(places):
    before = worker(places, 0)
    before.watch(dict, lambda: 5)
    before.observe(exchange())
    before.refresh()
    places.left(0)
    after = worker(places, places.free([]))
    assert told(after)[CALLS] == 1
    after.observe(exchange())
    assert told(after)[CALLS] == 2
    assert files(places) == [f"{kind}_0.db" for kind in sorted(RESERVED)]


def test_what_waits_for_a_process_that_has_ended_waits_no_more(places):
    first, second = worker(places, 0), worker(places, 1)
    for meter, queued in ((first, 5), (second, 2)):
        meter.watch(dict, lambda queued=queued: queued)
        meter.refresh()
    assert told(second)["shim_usage_queue",] == 7
    places.left(0)
    assert told(second)["shim_usage_queue",] == 2


def test_an_operators_own_folder_serves_other_servers(tmp_path):
    """Each process by its number, as the library does it where nobody gives out places."""
    code = (
        "from shim.metrics import Meter\nfrom tests.metrics.kit import backend, exchange, told\n"
        "meter = Meter({'toy': backend()})\nmeter.observe(exchange())\n"
        f"print(told(meter)[{CALLS!r}])"
    )
    environment = {**os.environ, FOLDER: str(tmp_path)}
    command = [sys.executable, "-c", code]
    shown = [subprocess.run(command, env=environment, capture_output=True, text=True, check=True) for _ in range(2)]
    assert [result.stdout for result in shown] == ["1.0\n", "2.0\n"]


def test_a_place_is_taken_once():
    places = Places()
    try:
        assert [places.free(taken) for taken in ([], [0], [1], [0, 1, 3])] == [0, 1, 0, 2]
        assert stat.S_IMODE(os.stat(places.folder).st_mode) == 0o700
    finally:
        places.stop()
    assert not os.path.exists(places.folder)


def test_a_full_disk_leaves_each_process_its_own_count(places, monkeypatch, logged):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    meter = worker(places, 0)
    meter.observe(exchange())
    assert told(meter)[CALLS] == 1
    assert [entry["cause"] for entry in logged] == ["No space left on device"]


def test_a_file_that_is_just_being_made_is_passed_over(places):
    meter = worker(places, 0)
    meter.observe(exchange())
    Path(places.folder, "counter_1.db").touch()
    assert told(meter)[CALLS] == 1


def test_the_room_that_is_reserved_holds_all_that_can_be_counted(places):
    join(places.folder, 0)
    found = {service.name: service for service in discover()}
    known = {name: ServiceConfig(name, "http://x", "http://x", None, 1.0, "2024") for name in found}
    toy = config()
    instance = type(toy)(**{**vars(toy), "services": known})
    meter = Meter({name: Backend.build(service, instance, Local()) for name, service in found.items()})
    for name, service in found.items():
        asked = tuple((operation, 1.0) for operation in ("Era", "GET", *service.operations))
        meter.observe(exchange(service=name, endpoint=None, upstream=asked, failures=tuple(Kind)))
        for endpoint in service:
            for method in (*METHODS, "other") if endpoint is next(iter(service)) else (endpoint.method, "HEAD"):
                for status in (200, 300, 400, 500, 501):
                    facts = {"method": method, "status": status, "refused": True, "rehearsed": True}
                    meter.observe(exchange(service=name, endpoint=endpoint, **facts))
    for kind, size in RESERVED.items():
        path = Path(places.folder, f"{kind}_0.db")
        assert path.stat().st_size == size
        (used,) = struct.unpack("i", path.read_bytes()[:4])
        assert used <= size * 3 / 4
        assert used > size / 16 or kind == "gauge_livesum"
