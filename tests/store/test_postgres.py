"""A store in PostgreSQL, as servers and networks are."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from shim.store import StoreError, migrations, open_store
from tests.databases import PASSWORD
from tests.store.scripts import COUNT, count, counted


@pytest.fixture
def store(postgres_url):
    """A migrated, empty store."""
    store = open_store(postgres_url)
    migrations.migrate(store)
    yield store
    store.close()


def backend(statements):
    """The process that serves a transaction."""
    return statements.rows("SELECT pg_backend_pid() AS pid")[0]["pid"]


def test_psycopg_is_imported_only_when_needed():
    code = "import sys; from shim.store import open_store; open_store('sqlite:///x'); print('psycopg' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"


def test_a_psycopg_without_its_library_is_told():
    code = (
        "import sys; sys.modules['psycopg_binary'] = sys.modules['psycopg_c'] = None; import ctypes.util\n"
        "ctypes.util.find_library = lambda name: None\n"
        "from shim.store import open_store, StoreError\n"
        "try: open_store('postgresql://h/d')\n"
        "except StoreError as error: print(error)"
    )
    told = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert told == "psycopg can't be used: no pq wrapper available.\n"


def test_connections_that_were_cut_cost_nothing(store, postgres_server):
    import psycopg

    barrier = threading.Barrier(4)

    def read(_):
        barrier.wait()
        return store.read("SELECT pg_backend_pid() AS pid, pg_sleep(0.01)")[0]["pid"]

    with ThreadPoolExecutor(4) as pool:
        pids = set(pool.map(read, range(4)))
    with psycopg.connect(postgres_server.url()) as other:
        other.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s::int[]) AS pid", [list(pids)])
    assert count(store) == 1
    assert counted(store) == 1


def test_a_restart_under_load_costs_calls_and_nothing_else(postgres_server, store):
    stop, done, failed = threading.Event(), [], []
    lock = threading.Condition()

    def load(_):
        while not stop.is_set():
            try:
                count(store)
            except StoreError as error:
                with lock:
                    failed.append(str(error))
                    lock.notify_all()
            else:
                with lock:
                    done.append(1)
                    lock.notify_all()

    def wait_for(condition):
        with lock:
            assert lock.wait_for(condition, 60)

    with ThreadPoolExecutor(4) as pool:
        try:
            futures = [pool.submit(load, number) for number in range(4)]
            wait_for(lambda: len(done) > 50)
            postgres_server.stop()
            wait_for(lambda: failed)
            postgres_server.start()
            before = len(done)
            wait_for(lambda: len(done) > before + 50)
        finally:
            stop.set()
        for future in futures:
            future.result()
    assert len(done) <= counted(store) <= len(done) + len(failed)
    assert not [text for text in failed if PASSWORD in text]


def test_a_server_that_is_down_is_told_within_the_time_and_found_again(postgres_server, store, postgres_url):
    impatient = open_store(postgres_url, patience=0.2)
    assert count(impatient) == 1
    postgres_server.stop()
    try:
        for act in (count, counted):
            with pytest.raises(StoreError, match=r"(?i)connection"):
                act(impatient)
    finally:
        postgres_server.start()
    patient = open_store(postgres_url)
    assert count(patient) == 1
    assert counted(impatient) == 2
    for one in (impatient, patient):
        one.close()


def test_a_server_that_hangs_is_given_up(store, postgres_url):
    impatient = open_store(postgres_url, patience=0.2, limit=0.2)
    pids = []

    def work(statements):
        pids.append(backend(statements))
        os.kill(pids[0], signal.SIGSTOP)
        statements.run(COUNT, hour=0, reason="full", calls=1)

    try:
        with pytest.raises(StoreError, match="no answer within"):
            impatient.write(work)
        assert counted(impatient) == 0
    finally:
        os.kill(pids[0], signal.SIGCONT)
    assert count(store) == 1
    impatient.close()


def test_a_table_that_somebody_locks_is_told(store, postgres_url):
    import psycopg

    impatient = open_store(postgres_url, patience=0.1)
    with psycopg.connect(postgres_url) as other:
        other.execute("LOCK TABLE losses IN ACCESS EXCLUSIVE MODE")
        for act in (count, counted):
            with pytest.raises(StoreError, match="lock timeout"):
                act(impatient)
    assert count(impatient) == 1
    impatient.close()


def test_a_role_that_may_not_write_is_told_until_it_may(store, postgres_url):
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute("DROP ROLE IF EXISTS guest")
        owner.execute("CREATE ROLE guest LOGIN")
        owner.execute("GRANT USAGE ON SCHEMA public TO guest")
        owner.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest")
        guest = open_store(postgres_url.replace("//shim:", "//guest:"))
        with pytest.raises(StoreError, match="permission denied for table losses"):
            count(guest)
        assert counted(guest) == 0
        owner.execute("GRANT INSERT, UPDATE ON losses TO guest")
        assert count(guest) == 1
        guest.close()
        owner.execute("DROP OWNED BY guest")
        owner.execute("DROP ROLE guest")


@pytest.mark.parametrize("rest", ["@127.0.0.1:1/shim", "@/shim?host=/nowhere", "@nowhere.invalid/shim"])
def test_the_password_is_shown_nowhere(rest, caplog):
    caplog.set_level(logging.DEBUG)
    store = open_store(f"postgresql://shim:{PASSWORD}{rest}", patience=0.2)
    with pytest.raises(StoreError) as caught:
        store.read("SELECT 1")
    store.close()
    texts = [str(caught.value), repr(caught.value), repr(store), store.name, caplog.text, repr(caught.value.__cause__)]
    assert [text for text in texts if PASSWORD in text] == []
    assert "psycopg.pool" in caplog.text
    assert store.name.startswith("postgresql://shim@")


@pytest.mark.parametrize("password", ["p%zzw", "p?w", "p&w=1", "p#w", "p/w", "p@w", "p w", "p:w"])
def test_a_password_that_is_not_written_as_it_must_be_is_not_quoted(password):
    with pytest.raises((StoreError, ValueError)) as caught:
        open_store(f"postgresql://shim:{password}@127.0.0.1:1/shim", patience=0.2).read("SELECT 1")
    assert not [part for part in ("zzw", "p?w", "w=1", "#w", "/w", "@w", " w@", "p:w") if part in str(caught.value)]


def test_options_in_the_url_are_the_databases(postgres_url, store):
    named = open_store(f"{postgres_url}&application_name=the%20shim")
    assert named.read("SELECT current_setting('application_name') AS name") == [{"name": "the shim"}]
    named.close()
