"""Open files: a process that has served hundreds of requests, whatever became of them, has no more than after a few."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

from werkzeug.test import run_wsgi_app

from shim import logs
from shim.compare.cassettes.exchange import Request
from shim.compare.stand.target import environ
from shim.front import Front
from shim.services.backend import Backend
from shim.services.dispatch import build
from shim.upstream import Local
from tests.conftest import Script
from tests.services.test_garbage import CASES, ORIGIN
from tests.toy import SERVICE, config

ROUNDS = 6
PATIENCE = 20
MUTATIONS = [case for case in CASES.values() if case[0] == "POST"]
"""Where nobody listens, a query is tried anew for a second."""


def front(api_origin: str) -> Front:
    return Front({"toy": build(Backend.build(SERVICE, config(api_origin), Local()))}, {"toy": ORIGIN})


def served(app: Front, script: Script, cases: Iterable[Any]) -> Counter[int]:
    """How often each status is answered when what can become of a call happens once."""
    found: Counter[int] = Counter()
    for method, path, headers, body, step, _ in cases:
        script.steps = [step]
        sent = Request(method, ORIGIN + path, tuple(headers.items()), body)
        found[int(run_wsgi_app(app, environ(sent), buffered=True)[1].partition(" ")[0])] += 1
    return found


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_no_request_leaves_a_file_open(script: Script) -> None:
    logs.configure()
    apps: list[Any] = [(front(script.origin), CASES.values()), (front("http://127.0.0.1:9"), MUTATIONS)]
    expected = [served(app, script, cases) for app, cases in apps]
    before = open_files()
    for _ in range(ROUNDS):
        assert [served(app, script, cases) for app, cases in apps] == expected
    end = time.monotonic() + PATIENCE
    while open_files() > before:
        assert time.monotonic() < end, f"{before} open files before, {open_files()} after"
    assert ROUNDS * sum(counts.total() for counts in expected) >= 200
    assert expected[0].keys() >= {200, 201, 400, 404, 500, 502, 504}
    assert expected[1].keys() >= {502}
