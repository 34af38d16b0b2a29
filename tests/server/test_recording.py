"""The real server counts its calls: when it is stopped, when it is killed, when there is nowhere to."""

from __future__ import annotations

import json
import os
import signal
from contextlib import closing
from pathlib import Path

import pytest

from shim.store import Outdated, open_store
from tests.server.test_serving import ASK, TOKEN, USER, Served

SECRET = "s3cr3t-0f-th3-qu3ry"
TOLD = ASK.replace(b"/api/user", f"/api/user?token={TOKEN}&key={SECRET}".encode()).replace(
    b"Connection", f"User-Agent: {TOKEN}\r\nReferer: http://x/?{SECRET}\r\nConnection".encode()
)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/store"


def counted(url):
    """The counted calls and the lost ones."""
    with closing(open_store(url)) as store:
        try:
            calls = store.read("SELECT COALESCE(SUM(calls), 0) AS n FROM usage")[0]["n"]
        except Outdated:
            return 0, {}
        return calls, {row["reason"]: row["calls"] for row in store.read("SELECT reason, calls FROM losses")}


def ask(served, often, request=ASK):
    for _ in range(often):
        assert served.send(request).startswith(b"HTTP/1.1 200")


def events(served):
    lines = [line for line in served.log.read_text().splitlines() if line.startswith("{")]
    return [json.loads(line) for line in lines]


def test_a_worker_that_is_stopped_writes_what_it_has(tmp_path, url, script):
    script.steps = [USER]
    with Served(tmp_path, script.origin, store=url) as served:
        ask(served, 3)
        served.version()
    with closing(open_store(url)) as store:
        rows = store.read("SELECT endpoint, caller, authorization_kind, calls FROM usage ORDER BY endpoint")
    assert [tuple(row.values()) for row in rows] == [
        ("get-user", "jdoe", "token", 3),
        ("get-version", "", "none", rows[1]["calls"]),
    ]
    assert list(tmp_path.glob("usage-*")) == []


def test_a_worker_that_is_killed_loses_what_it_had_in_memory_and_the_next_says_how_much(tmp_path, url, script):
    script.steps = [USER]
    with Served(tmp_path, script.origin, store=url) as served:
        ask(served, 3)
        served.until(lambda: counted(url)[0] >= 3)
        before = counted(url)[0]
        ask(served, 4)
        (worker,) = served.workers()
        os.kill(int(worker), signal.SIGKILL)
        served.until(lambda: counted(url)[1])
        calls, losses = counted(url)
        assert calls + losses["killed"] == before + 4
        assert any(event.get("calls") == losses["killed"] for event in events(served))
        assert len(list(tmp_path.glob("usage-*"))) == 1


def test_secrets_in_addresses_and_headers_are_stored_nowhere(tmp_path, url, script):
    script.steps = [USER]
    with Served(tmp_path, script.origin, store=url) as served:
        ask(served, 1, TOLD)
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("store*"))
    assert b"jdoe" in stored
    for secret in (SECRET, TOKEN, TOKEN[:20], SECRET[5:]):
        assert secret.encode() not in stored
    assert SECRET not in served.log.read_text()


@pytest.mark.parametrize("where", ["sqlite:///{}/missing/store", "postgresql://shim:pa55w0rd@127.0.0.1:1/shim"])
def test_nowhere_to_count_costs_one_line_and_no_answer(tmp_path, script, where):
    script.steps = [USER]
    with Served(tmp_path, script.origin, store=where.format(tmp_path)) as served:
        ask(served, 3)
        served.until(lambda: any(event["event"] == "chore failed" for event in events(served)))
    problems = [event for event in events(served) if event["event"] == "chore failed"]
    assert [event["level"] for event in problems] == ["warning"]
    assert "Traceback" not in served.log.read_text()
    assert "pa55w0rd" not in served.log.read_text()
    assert not Path(tmp_path, "missing").exists()
