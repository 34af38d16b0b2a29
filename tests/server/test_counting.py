"""The metrics of several real workers: one truth, whichever answers, whatever becomes of one of them."""

import os
import signal
import stat
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from prometheus_client.multiprocess import MultiProcessCollector

from tests.metrics.kit import read
from tests.server.test_serving import ASK, VERSION, Held, Served

METRICS = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
COUNT = ("shim_requests_total", "git", "get-version", "GET", "2xx")


class Counted(Served):
    """A shim of two workers."""

    def __init__(self, folder, origin, *options):
        self.asked = 0
        super().__init__(folder, origin, "--workers", "2", *options)

    def version(self):
        found = super().version()
        self.asked += found is not None
        return found

    def metrics(self):
        """What `/metrics` shows, nothing where the connection was lost with a worker."""
        with suppress(OSError):
            head, _, body = self.send(METRICS).partition(b"\r\n\r\n")
            if head.startswith(b"HTTP/1.1 200 OK"):
                return read(body.decode())
        return {}

    def count(self):
        """How many answers of get-version were counted."""
        return self.metrics().get(COUNT, 0)

    def folder(self):
        """Where the workers count."""
        (found,) = Path(self.temporary.name).glob("shim-metrics-*")
        return found

    def by_place(self):
        """What each worker has counted."""
        for path in sorted(self.folder().glob("counter_*.db")):
            samples = (s for metric in MultiProcessCollector.merge([str(path)]) for s in metric.samples)
            yield sum(s.value for s in samples if s.name == COUNT[0])

    def ask_until_both_have_counted(self):
        self.until(lambda: self.version() and len(list(self.by_place())) == 2 and all(self.by_place()))


@pytest.fixture
def counted(tmp_path, script):
    with Counted(tmp_path, script.origin) as served:
        yield served


def test_every_worker_tells_the_sum_of_all(counted):
    counted.ask_until_both_have_counted()
    counted.until(lambda: counted.count() >= counted.asked)
    assert {counted.count() for _ in range(20)} == {counted.asked}
    assert sum(counted.by_place()) == counted.asked
    assert stat.S_IMODE(counted.folder().stat().st_mode) == 0o700


def test_a_worker_that_is_killed_takes_no_count_along(counted):
    counted.ask_until_both_have_counted()
    counted.until(lambda: counted.count() >= counted.asked)
    for _ in range(3):
        before, victim = counted.asked, counted.workers()[0]
        os.kill(int(victim), signal.SIGKILL)
        counted.until(lambda before=before: counted.count() >= before)
        counted.until(lambda victim=victim: victim not in counted.workers() and len(counted.workers()) == 2)
        assert counted.count() == before
        counted.ask_until_both_have_counted()
        counted.until(lambda: counted.count() >= counted.asked)
        assert counted.count() == counted.asked
        assert len(list(counted.folder().glob("*.db"))) <= 6


def test_no_count_falls_while_workers_come_and_go_under_load(counted):
    ended, seen = threading.Event(), []

    def load():
        while not ended.is_set():
            with suppress(OSError, ValueError):
                counted.send(VERSION)

    def reached(goal):
        seen.extend(filter(None, [counted.count()]))
        return bool(seen) and seen[-1] >= goal

    callers = [threading.Thread(target=load) for _ in range(3)]
    for caller in callers:
        caller.start()
    try:
        for number in (signal.SIGKILL, signal.SIGHUP, signal.SIGKILL, signal.SIGHUP):
            target = counted.process.pid if number == signal.SIGHUP else int(counted.workers()[0])
            before, goal = set(counted.workers()), counted.count() + 50
            os.kill(target, number)
            counted.until(lambda before=before: set(counted.workers()) != before)
            counted.until(lambda goal=goal: reached(goal))
    finally:
        ended.set()
        for caller in callers:
            caller.join()
    assert seen == sorted(seen)
    assert len(list(counted.folder().glob("counter_*.db"))) <= 4


def test_a_new_configuration_lets_counts_go_on(counted, script):
    counted.ask_until_both_have_counted()
    counted.until(lambda: counted.count() >= counted.asked)
    counted.configure(script.origin, "2")
    counted.process.send_signal(signal.SIGHUP)
    counted.until(lambda: counted.version() == "2" and len(counted.workers()) == 2)
    counted.until(lambda: counted.count() >= counted.asked)
    assert counted.count() == counted.asked


def test_nothing_is_left_behind(tmp_path, script):
    with Counted(tmp_path, script.origin) as served:
        folder = served.folder()
        assert list(folder.iterdir())
        served.process.terminate()
        served.process.wait(60)
        assert not folder.exists()


def test_a_peer_that_may_not_gets_nothing(counted):
    counted.config.write_text(counted.config.read_text() + "metrics-ipnet = 192.0.2.1\n")
    counted.process.send_signal(signal.SIGHUP)
    counted.until(lambda: counted.send(METRICS).startswith(b"HTTP/1.1 403"))


def test_what_fails_and_who_gets_no_thread_is_counted(tmp_path, script):
    held = Held(script)
    script.steps = [held]
    with Served(tmp_path, script.origin, "--threads", "4") as served:
        clients = [served.connect() for _ in range(4)]
        for client in clients:
            client.sendall(ASK)
        served.until(lambda: metrics(served)["shim_busy_total", "git"] == 2)
        held.go.set()
        for client in clients:
            client.recv(2**16)
            client.close()
        script.steps = [(502, "text/html", "x")]
        assert served.send(ASK).startswith(b"HTTP/1.1 502")
        served.until(lambda: metrics(served)["shim_upstream_seconds_count", "git", "User"] == 3)
        samples = metrics(served)
        failed = {key[1:]: value for key, value in samples.items() if key[0] == "shim_upstream_errors_total"}
        assert failed == {("git", "unreachable"): 1}


def metrics(served):
    return read(served.send(METRICS).partition(b"\r\n\r\n")[2].decode())
