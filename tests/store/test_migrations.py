"""Migrations: each applied once and whole, whoever does it and whatever happens meanwhile."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from shim.store import Outdated, StoreError, migrations, open_store
from shim.store.migrations import Migration
from tests.store.scripts import count, counted, ended, script

NAMES = ["0001_usage", "0002_sunset", "0003_chores", "0004_received", "0005_webhooks", "0006_notes", "0007_compared"]
BROKEN = Migration("0003_broken", "CREATE TABLE half (a BIGINT);\nINSERT INTO half VALUES (1);\nSELEKT 1;\n")


@pytest.fixture
def bare(store_url):
    """A store without tables."""
    store = open_store(store_url)
    yield store
    store.close()


def test_they_are_numbered_in_the_order_in_which_they_are_applied(bare):
    assert [step.name for step in migrations.known()] == NAMES
    assert migrations.migrate(bare) == NAMES
    assert migrations.migrate(bare) == []


def test_their_status_tells_when_they_were_applied(bare):
    assert migrations.status(bare) == [(name, None) for name in NAMES]
    before = int(time.time())
    migrations.migrate(bare)
    assert all(before <= applied <= time.time() for _, applied in migrations.status(bare))


def test_the_tables_of_usage_and_sunset_take_what_is_said_of_them(store):
    rows = {
        "usage": {
            **dict.fromkeys(("service", "endpoint", "caller", "agent", "authorization_kind", "status"), "x"),
            **dict.fromkeys(("hour", "calls", "last_call", "upstream_calls", "bytes", "refused", "rehearsed"), 2**40),
        },
        "losses": {"hour": 3600, "reason": "killed", "calls": 1},
        "pauses": {"service": "", "until": None, "at": 1},
        "outreach": {
            **{"caller": "jdoe", "state": "told", "consent": "", "note": "", "updated_at": 1},
            **{"told_at": None, "answered_at": None},
        },
    }
    for table, row in rows.items():
        statement = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"  # noqa: S608
        store.write(lambda s, statement=statement, row=row: s.run(statement, **row))
        assert store.read(f"SELECT * FROM {table}") == [row]  # noqa: S608
        with pytest.raises(StoreError, match=r"(?i)unique"):
            store.write(lambda s, statement=statement, row=row: s.run(statement, **row))


def test_a_statement_ends_with_its_line_whatever_else_holds_a_semicolon():
    text = "-- one; two\nCREATE TABLE a (b TEXT DEFAULT ';\n');\nCREATE TABLE c (\n  d BIGINT\n);\n-- the end;\n"
    first, second = Migration("x", text).statements
    assert first.endswith("DEFAULT ';\n');")
    assert second == "CREATE TABLE c (\n  d BIGINT\n);"


def test_one_that_fails_leaves_nothing_of_itself_and_those_before_it(bare, monkeypatch):
    whole = migrations.known()
    monkeypatch.setattr(migrations, "known", lambda: (*whole, BROKEN))
    with pytest.raises(StoreError, match=r"(?i)syntax"):
        migrations.migrate(bare)
    assert [name for name, applied in migrations.status(bare) if applied] == NAMES
    with pytest.raises(Outdated):
        bare.query("SELECT a FROM half", {})


def test_one_that_is_killed_halfway_leaves_nothing_of_itself(bare, store_url):
    process = script("migrate_halfway", store_url)
    assert process.stdout.readline() == "halfway\n"
    process.kill()
    process.communicate()
    assert migrations.status(bare) == [(name, None) for name in NAMES]
    for table in ("usage", "migrations"):
        with pytest.raises(Outdated):
            bare.query(f"SELECT * FROM {table}", {})  # noqa: S608
    assert migrations.migrate(bare) == NAMES
    assert count(bare) == 1


def test_of_several_processes_one_migrates_and_the_others_wait(store_url):
    processes = [script("migrate", store_url) for _ in range(3)]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 3
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    assert sorted(" ".join(ended(process) for process in processes).split()) == NAMES


def test_one_waits_for_another_process_longer_than_for_anything_else(bare, store_url):
    impatient, measure = open_store(store_url, patience=0.05), open_store(store_url, patience=0.5)
    with ThreadPoolExecutor(1) as pool:

        def work(statements):
            waiting = pool.submit(migrations.migrate, impatient)
            with pytest.raises(StoreError):
                measure.transact(lambda s: s.run("CREATE TABLE never (a BIGINT)"))
            return waiting

        assert bare.transact(work).result() == NAMES
    for store in (impatient, measure):
        store.close()


def test_the_store_of_a_newer_shim_says_so_and_is_left_alone(bare):
    migrations.migrate(bare)
    bare.transact(lambda s: s.run("INSERT INTO migrations (name, applied_at) VALUES ('0999_later', 1)"))
    for act in (counted, count, migrations.migrate, migrations.status):
        with pytest.raises(Outdated, match=r"newer shim, which applied 0999_later; update this one"):
            act(bare)
