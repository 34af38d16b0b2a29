"""The real server: slow clients, clients that leave, HUP, TERM and USR2 (upstream-safety 2)."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from bench.ports import hold
from tests.conftest import Script

THREADS = 8
TOKEN = "AFWk6GwAAAAAAAAEamRvZVThgHEBna7+EFQHToiPdHDRfzeF+SGZsZlbSZi33T3g"
USER = {
    "data": {
        "owner": {"canonical_name": "~a", "name": "a", "email": "e", "url": None, "location": None, "bio": None},
    }
}
ASK = f"GET /git/api/user HTTP/1.1\r\nHost: x\r\nAuthorization: token {TOKEN}\r\nConnection: close\r\n\r\n".encode()
VERSION = b"GET /git/api/version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class Served:
    """A shim of one worker before a programmable upstream, in a process of its own until the context ends."""

    def __init__(self, folder, origin, *options, output=None, store="none"):
        self.store = store
        self.held = hold()
        self.port = self.held.getsockname()[1]
        self.config, self.log = folder / "config.ini", folder / "log"
        self.log.touch()
        self.temporary = tempfile.TemporaryDirectory()
        self.configure(origin, "1")
        command = [sys.executable, "-m", "shim", "serve", "--config", str(self.config), "--workers", "1"]
        command += ["--bind", f"127.0.0.1:{self.port}", *options]
        environment = {**os.environ, "TMPDIR": self.temporary.name}
        with open(output or self.log, "w") as log:
            self.process = subprocess.Popen(command, stderr=log, stdout=log, env=environment)

    def __enter__(self):
        self.until(lambda: self.version() is not None)
        return self

    def __exit__(self, *error):
        self.process.terminate()
        self.process.wait(60)
        self.held.close()
        self.temporary.cleanup()

    def configure(self, origin, version):
        """Write the configuration; calls may take as long as a test does."""
        services = (
            f"[{name}.sr.ht]\norigin = http://{name}.example.org\napi-origin = {origin}\n"
            f"[{name}.sr.ht::api]\nmax-duration = 25s\n"
            for name in ("git", "hg")
        )
        self.config.write_text(f"{''.join(services)}[shim]\nera = 2024\nversion = {version}\nstore = {self.store}\n")

    def until(self, condition):
        """Wait for something that another process does."""
        while not condition():
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.02)
            assert self.process.poll() is None, self.log.read_text()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def send(self, request):
        """What comes back for some bytes, until the other end closes."""
        with self.connect() as client:
            client.sendall(request)
            return read(client)

    def workers(self):
        """The processes of the workers."""
        return Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()

    def gates(self):
        """Where the master keeps its gate."""
        return list(Path(self.temporary.name).glob("shim-gate-*/gate"))

    def version(self):
        with suppress(OSError):
            return json.loads(self.send(VERSION).partition(b"\r\n\r\n")[2])["version"]
        return None


def read(client):
    return b"".join(iter(lambda: client.recv(2**16), b""))


class Held:
    """A step of an upstream that answers when it is told, and knows whether its client was still there."""

    def __init__(self, script):
        self.script = script
        self.begun, self.go = threading.Semaphore(0), threading.Event()
        self.abandoned = []

    def __call__(self, handler):
        self.begun.release()
        self.go.wait(20)
        handler.connection.setblocking(False)
        with suppress(BlockingIOError):
            self.abandoned.append(handler.connection.recv(1, socket.MSG_PEEK) == b"")
        handler.connection.setblocking(True)
        self.script.play(handler, USER)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A shim for tests that leave it as it was, with the upstream behind it."""
    script = Script()
    with Served(tmp_path_factory.mktemp("served"), script.origin, "--threads", str(THREADS)) as served:
        yield served, script
    script.close()


@pytest.fixture
def served(shared):
    """The shared shim."""
    return shared[0]


@pytest.fixture
def held(request):
    """An upstream that answers when it is told: that of the shared shim if the test has one, else of its own."""
    script = (
        request.getfixturevalue("shared")[1] if "served" in request.fixturenames else request.getfixturevalue("script")
    )
    held = Held(script)
    script.steps = [held]
    yield held
    held.go.set()


@pytest.mark.parametrize(
    "path", ["/usage", "/metrics", "/migrate/", "/api/shim/usage", "/nowhere", "/git/x", "/hg/api"]
)
@pytest.mark.parametrize("length", ["Content-Length: 100000000", "Transfer-Encoding: chunked"])
def test_nobody_reads_a_body_that_nobody_wants(served, path, length):
    with served.connect() as client:
        client.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\n{length}\r\n\r\n".encode() + b"20000\r\n" + bytes(2**21))
        head = client.recv(2**16).partition(b"\r\n\r\n")[0]
    assert head.split()[1] in (b"404", b"405")
    assert b"\r\nConnection: close" in head


@pytest.mark.parametrize("path", ["/usage", "/nowhere"])
def test_a_small_body_that_nobody_wants_costs_no_connection(served, path):
    ask = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n{{}}\n".encode()
    with served.connect() as client:
        client.sendall(ask)
        assert client.recv(2**16).startswith(b"HTTP/1.1 40")
        client.sendall(VERSION)
        assert b'"version"' in read(client)


def test_clients_that_send_slowly_or_nothing_hold_no_thread(served):
    idle = [served.connect() for _ in range(4 * THREADS)]
    for client in idle[: 2 * THREADS]:
        client.sendall(b"POST /git/api/repos HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
    assert served.version() == "1"
    for client in idle:
        client.close()


def test_a_client_that_leaves_does_not_cut_its_upstream_call(served, held):
    client = served.connect()
    client.sendall(ASK)
    assert held.begun.acquire(timeout=20)
    client.close()
    assert served.version() == "1"
    held.go.set()
    served.until(lambda: served.send(ASK).startswith(b"HTTP/1.1 200"))
    assert held.abandoned == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_who_stops_it_waits_for_the_calls_under_way(tmp_path, held, number):
    with Served(tmp_path, held.script.origin) as served, served.connect() as client:
        client.sendall(ASK)
        assert held.begun.acquire(timeout=20)
        os.kill(served.process.pid, number)
        held.go.set()
        assert read(client).startswith(b"HTTP/1.1 200 OK")
        assert served.process.wait(60) == 0
    assert held.abandoned == []


def test_hup_reads_the_configuration_anew_and_cuts_nothing(tmp_path, held):
    with Served(tmp_path, held.script.origin) as served, served.connect() as client:
        client.sendall(ASK)
        assert held.begun.acquire(timeout=20)
        (gate,) = served.gates()
        served.configure(held.script.origin, "2")
        served.process.send_signal(signal.SIGHUP)
        served.until(lambda: served.version() == "2")
        held.go.set()
        assert read(client).startswith(b"HTTP/1.1 200 OK")
        served.until(lambda: len(served.workers()) == 1)
        assert served.gates() == [gate]
        served.config.write_text("[shim]\nera = 1999\n")
        served.process.send_signal(signal.SIGHUP)
        served.until(lambda: "configuration not read anew" in served.log.read_text())
        assert served.version() == "2"
    assert held.abandoned == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_who_stops_it_does_not_wait_for_a_hup_to_be_done(tmp_path, held, number):
    with Served(tmp_path, held.script.origin) as served, served.connect() as client:
        client.sendall(ASK)
        assert held.begun.acquire(timeout=20)
        served.configure(held.script.origin, "2")
        served.process.send_signal(signal.SIGHUP)
        served.until(lambda: served.version() == "2")
        os.kill(served.process.pid, number)
        served.until(lambda: served.version() is None)
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(1)
        client.settimeout(20)
        held.go.set()
        assert read(client).startswith(b"HTTP/1.1 200 OK")
        assert served.process.wait(60) == 0
    assert held.abandoned == []


def test_usr2_is_refused_in_words(served):
    served.process.send_signal(signal.SIGUSR2)
    served.until(lambda: "SIGUSR2 is not supported" in served.log.read_text())
    assert served.version() == "1"


def test_one_service_that_hangs_leaves_threads_for_the_others(tmp_path, held):
    with Served(tmp_path, held.script.origin, "--threads", "8") as served:
        clients = [served.connect() for _ in range(8)]
        for client in clients:
            client.sendall(ASK)
        for _ in range(4):
            assert held.begun.acquire(timeout=20)
        answer = served.send(VERSION.replace(b"/git/", b"/hg/"))
        assert answer.startswith(b"HTTP/1.1 200 OK")
        held.go.set()
        statuses = sorted(read(client)[9:12] for client in clients)
        for client in clients:
            client.close()
    assert statuses == [b"200"] * 4 + [b"503"] * 4


def test_a_log_that_is_full_keeps_nobody_from_serving(tmp_path, script):
    with Served(tmp_path, script.origin, output="/dev/full") as served:
        script.steps = [(502, "text/html", "x")]
        assert served.send(ASK).startswith(b"HTTP/1.1 502")
    assert served.process.returncode == 0


def test_a_store_that_can_never_be_used_is_told_once_for_all_workers(tmp_path, script):
    with Served(tmp_path, script.origin, "--workers", "2", store="postgresql://h/x?nonsense=1") as served:
        served.configure(script.origin, "2")
        served.process.send_signal(signal.SIGHUP)
        served.until(lambda: served.version() == "2")
    assert served.log.read_text().count("nothing will be remembered") == 2
