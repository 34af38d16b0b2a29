"""Several processes over one outbox, on either database: none takes what another has, and none dies for all."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from shim.webhooks.queue.lanes import LEASE
from tests.webhooks.waiting import OK, hook, outbox, parcel, serve

ROOT = Path(__file__).parents[2]


def script(name, *arguments):
    words = [sys.executable, "-W", "error", "-m", "tests.webhooks.scripts", name, *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(words, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def together(*processes):
    """What they print when all of them are told to begin."""
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    printed = [process.communicate(timeout=60) for process in processes]
    assert [complaints for _, complaints in printed] == [""] * len(processes)
    return [words.split() for words, _ in printed]


def test_each_parcel_is_sent_by_one_process(store, store_url):
    box = outbox(store, time.time)
    for number in range(60):
        box.keep(parcel(number, hook(number % 12)))
    sent = together(*(script("send_all", store_url) for _ in range(2)))
    assert sorted(one for process in sent for one in process) == sorted(
        f"{number % 12}/{number}" for number in range(60)
    )
    assert store.read("SELECT * FROM outbox") == store.read("SELECT * FROM outbox_lanes") == []


def test_each_parcel_is_kept_by_one_process(store, store_url):
    kept = together(script("keep_all", store_url, "0", "30"), script("keep_all", store_url, "10", "40"))
    assert sum(int(number) for (number,) in kept) == 40
    assert store.read("SELECT COUNT(*) AS n FROM outbox") == [{"n": 40}]


def test_what_a_killed_process_was_about_is_sent_by_another(store, store_url):
    begun = time.time()
    outbox(store, lambda: begun).keep(parcel(1))
    process = script("die_sending", store_url)
    assert process.communicate(timeout=60) == ("sending\n", "")
    assert process.returncode == -signal.SIGKILL
    assert serve(outbox(store, lambda: begun), OK) == []
    assert serve(outbox(store, lambda: time.time() + LEASE), OK) == [parcel(1)]
