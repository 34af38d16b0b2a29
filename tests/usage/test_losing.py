"""Whatever becomes of the store or of a process: calls go on, and what was not counted is told."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from shim.store import StoreError, open_store
from shim.usage.recorder import Recorder
from tests.usage.kit import HOUR, NOW, StoreOf, kept
from tests.usage.recording import NAMES, calls, losses, observe
from tests.usage.scripts import script


def test_a_queue_that_is_full_loses_calls_and_says_how_many(of, store):
    recorder = of[1]
    observe(recorder, 1010)
    assert (recorder.lost, recorder.queued) == ({"full": 10}, 1000)
    recorder.flush()
    observe(recorder, 1001)
    recorder.flush()
    assert (calls(store), losses(store), recorder.lost) == (2000, {"full": 11}, {"full": 11})
    assert recorder.queued == 0


def test_what_the_store_does_not_take_is_tried_again(of, store):
    broken, recorder = of
    broken.broken = "locked"
    for _ in range(5):
        observe(recorder, 100)
        with pytest.raises(StoreError, match="locked"):
            recorder.flush()
    broken.broken = None
    recorder.flush()
    assert (calls(store), losses(store), recorder.lost) == (500, {}, {})


def test_a_store_that_stays_away_costs_no_more_memory_than_is_allowed(store, clock):
    broken = StoreOf(store)
    recorder = Recorder(broken, NAMES, clock=clock, rows=10)
    broken.broken = "full"
    for n in range(4000):
        observe(recorder, began=NOW + 60.0 + n * HOUR)
    with pytest.raises(StoreError):
        recorder.flush()
    broken.broken = None
    assert recorder.lost == {"store": 1990}
    recorder.flush()
    assert (calls(store), losses(store)) == (2010, {"store": 1990})
    assert kept(store, "caller")[9:12] == [("ann",), ("(other)",), ("(other)",)]
    observe(recorder)
    recorder.flush()
    assert calls(store) == 2011


def test_a_database_that_is_locked_makes_nobody_wait(tmp_path, clock):
    url = f"sqlite:///{tmp_path}/store"
    with closing(open_store(url, patience=0.01)) as store, closing(sqlite3.connect(tmp_path / "store")) as other:
        recorder = Recorder(store, NAMES, clock=clock)
        observe(recorder)
        recorder.flush()
        other.execute("BEGIN IMMEDIATE")
        observe(recorder, 3)
        with pytest.raises(StoreError, match="locked"):
            recorder.flush()
        other.execute("ROLLBACK")
        recorder.flush()
        assert calls(store) == 4


def test_a_disk_that_is_full_costs_no_call(tmp_path):
    with script("full_disk", str(tmp_path)) as process:
        refusal, told = process.stdout.read().splitlines()
    assert "full" in refusal or "I/O" in refusal
    assert (process.returncode, told) == (0, "1002 []")


def test_a_file_that_may_not_be_written_costs_no_call():
    with script("read_only") as process:
        *refusals, told = process.stdout.read().splitlines()
    assert len(refusals) == 2
    assert (process.returncode, told) == (0, "1001 []")


def test_a_database_that_restarts_costs_no_call(postgres_server, postgres_url, clock):
    with closing(open_store(postgres_url)) as made:
        from shim.store import migrations

        migrations.migrate(made)
        recorder = Recorder(made, NAMES, clock=clock)
        observe(recorder, 2)
        recorder.flush()
        postgres_server.stop()
        try:
            observe(recorder, 3)
            with pytest.raises(StoreError):
                recorder.flush()
            observe(recorder, 4)
        finally:
            postgres_server.start()
        recorder.flush()
        assert (calls(made), recorder.lost) == (9, {})


def test_a_database_without_tables_costs_no_call(postgres_url, clock):
    with closing(open_store(postgres_url)) as store:
        from shim.store import migrations

        recorder = Recorder(store, NAMES, clock=clock)
        observe(recorder, 2)
        with pytest.raises(StoreError, match="shim store migrate"):
            recorder.flush()
        migrations.migrate(store)
        recorder.flush()
        assert calls(store) == 2


def test_a_process_that_is_killed_loses_what_was_in_memory_and_the_next_says_how_much(
    store_url, store, tmp_path, logged
):
    first, second = (script("observe", store_url, str(tmp_path), "7", str(more)) for more in (5, 70))
    for process in (first, second):
        assert process.stdout.readline() == "observed\n"
    first.kill()
    first.wait()
    recorder = Recorder(store, NAMES, state=tmp_path)
    recorder.sweep()
    assert (calls(store), losses(store), recorder.lost) == (14, {"killed": 5}, {"killed": 5})
    second.kill()
    second.wait()
    recorder.sweep()
    recorder.sweep()
    assert (calls(store), losses(store), recorder.lost) == (14, {"killed": 75}, {"killed": 75})
    assert [entry["calls"] for entry in logged if entry["event"] == "calls were not counted"] == [5, 70]
    for process in (first, second):
        process.stdout.close()
    recorder.close()
    assert list(tmp_path.glob("usage-*")) == []


def test_losses_wait_for_a_store_that_takes_them(of, store, tmp_path):
    broken, recorder = of
    with script("observe", broken.name.replace("shim@", "shim:x@"), str(tmp_path), "0", "4") as process:
        assert process.stdout.readline() == "observed\n"
        process.kill()
    broken.broken = "down"
    with pytest.raises(StoreError):
        recorder.sweep()
    broken.broken = None
    recorder.sweep()
    assert losses(store) == {"killed": 4}
    recorder.close()


def test_who_ends_without_a_store_is_told_by_the_next(of, store, tmp_path, clock):
    broken, recorder = of
    recorder.sweep()
    observe(recorder, 6)
    broken.broken = "down"
    with pytest.raises(StoreError):
        recorder.close()
    broken.broken = None
    Recorder(store, NAMES, state=tmp_path, clock=clock).sweep()
    assert losses(store) == {"stopped": 6}


def test_a_folder_that_cannot_be_used_is_told_and_costs_no_call(store, tmp_path, clock):
    recorder = Recorder(store, NAMES, state=tmp_path / "missing", clock=clock)
    with pytest.raises(FileNotFoundError):
        recorder.sweep()
    observe(recorder, 2)
    recorder.close()
    assert calls(store) == 2


def test_a_store_that_is_down_is_the_trouble_before_its_folder(store, tmp_path):
    broken = StoreOf(store)
    broken.broken = "down"
    with pytest.raises(StoreError, match="down"):
        Recorder(broken, NAMES, state=tmp_path / "missing").sweep()
