"""The real server: uploads in a brownout, and pauses that reach it."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from datetime import datetime, timezone

import pytest

from shim.store import open_store
from shim.sunset.pauses import pause, resume
from tests.server.test_serving import ASK, TOKEN, USER, Served, read

UPLOAD = (
    "POST /git/api/repos/x/artifacts/v1 HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    f"Authorization: token {TOKEN}\r\nContent-Length: {2**26}\r\n\r\n"
).encode()


class Ending(Served):
    """A shim of which git has a brownout all day, but for /api/version, and a store."""

    def configure(self, origin, version):
        super().configure(origin, version)
        begin = datetime.fromtimestamp(time.time() - 3600, timezone.utc)
        ends = (
            f"[git.sr.ht::shim]\nbrownouts = {begin:%Y-%m-%dT%H:%MZ}/1d\n[git.sr.ht::get-version]\nbrownouts = none\n"
        )
        self.config.write_text(self.config.read_text() + ends)

    def status(self):
        """How a call is answered."""
        return int(self.send(ASK).split(b" ", 2)[1])


@pytest.fixture
def ending(tmp_path, script):
    script.steps = [USER]
    with Ending(tmp_path, script.origin, store=f"sqlite:///{tmp_path}/store.sqlite3") as served:
        yield served


def test_an_upload_in_a_brownout_is_refused_unread_and_its_connection_closed(ending, script):
    with ending.connect() as client:
        client.sendall(UPLOAD + b"x" * 2**17)
        answer = read(client)
    assert answer.startswith(b"HTTP/1.1 410 ")
    assert b"\r\nConnection: close\r\n" in answer
    assert b"\r\nRetry-After: " in answer
    assert answer.endswith(b"}]}")
    assert script.requests == []


def test_who_goes_on_sending_harms_nobody(ending):
    with ending.connect() as client, suppress(ConnectionError):
        client.sendall(UPLOAD)
        for _ in range(2**10):
            client.sendall(b"x" * 2**16)
        client.shutdown(socket.SHUT_WR)
        read(client)
    assert ending.status() == 410
    assert ending.version() == "1"


def test_a_small_body_keeps_its_connection(ending):
    small = UPLOAD.replace(b"%d" % 2**26, b"10") + b"0123456789"
    with ending.connect() as client:
        client.sendall(small + small.replace(b"Host: x", b"Host: x\r\nConnection: close"))
        assert read(client).count(b"HTTP/1.1 410 ") == 2


def test_pauses_reach_what_serves(ending):
    assert ending.status() == 410
    store = open_store(ending.store)
    pause(store, "git", None, int(time.time()))
    ending.until(lambda: ending.status() == 200)
    resume(store, "git")
    ending.until(lambda: ending.status() == 410)
    store.close()
