"""What both databases promise."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from shim.store import Outdated, StoreError, migrations, open_store
from tests.store.scripts import COUNT, count, counted, ended, script

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) AS many FROM n"


@pytest.fixture
def impatient(store, store_url):
    """The same store, over which nobody waits for long."""
    other = open_store(store_url, patience=0.05, limit=0.2)
    yield other
    other.close()


@contextmanager
def writing(store):
    """Somebody is in the middle of a transaction that writes."""
    begun, end = threading.Event(), threading.Event()

    def work(statements):
        statements.run(COUNT, hour=0, reason="full", calls=1)
        begun.set()
        assert end.wait(60)

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(store.write, work)
        assert begun.wait(60)
        try:
            yield
        finally:
            end.set()
        future.result()


def test_rows_come_by_column(store):
    assert count(store, 2, hour=3600) == 1
    assert store.read("SELECT hour, reason, calls FROM losses") == [{"hour": 3600, "reason": "full", "calls": 2}]


def test_counts_add_up_and_a_sum_is_a_whole_number(store):
    rows = [{"hour": 3600 * (n % 3), "reason": "full", "calls": n} for n in range(100)]
    store.write(lambda s: s.many(COUNT, rows))
    store.write(lambda s: s.many(COUNT, iter(rows)))
    assert counted(store) == 9900
    (mean,) = store.read("SELECT AVG(calls) AS whole, AVG(calls) / 7 AS part FROM losses")
    assert mean == {"whole": 3300.0, "part": pytest.approx(3300 / 7)}


def test_a_transaction_reads_what_it_wrote_and_returns_what_it_likes(store):
    def work(statements):
        statements.run(COUNT, hour=1, reason="full", calls=5)
        return statements.rows("SELECT calls FROM losses WHERE hour = :hour", hour=1)

    assert store.write(work) == [{"calls": 5}]


def test_a_transaction_that_fails_leaves_nothing_and_its_error_is_its_own(store):
    def work(statements):
        statements.run(COUNT, hour=1, reason="full", calls=5)
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        store.write(work)
    assert counted(store) == 0
    assert count(store) == 1


def test_reading_can_not_write(store):
    count(store)
    for statement in ("DELETE FROM losses WHERE calls > 0 RETURNING calls", "DROP TABLE usage"):
        with pytest.raises(StoreError):
            store.read(statement)
    assert counted(store) == 1
    assert store.read("SELECT * FROM usage") == []


@pytest.mark.parametrize("text", ["O'Hara", "100%", "%s %(hour)s", ":hour", "\\", "ü😀", "", "a\nb", '"', "--"])
def test_texts_come_back_as_they_are(store, text):
    store.write(lambda s: s.run(COUNT, hour=0, reason=text, calls=1))
    found = store.read("SELECT reason, '100% :hour --' AS much FROM losses WHERE reason = :text -- :no", text=text)
    assert found == [{"reason": text, "much": "100% :hour --"}]


def test_a_value_may_be_missing(store):
    statement = "SELECT :until AS until WHERE (:until IS NULL OR :until > :now)"
    assert store.read(statement, until=None, now=5) == [{"until": None}]
    assert store.read(statement, until=6, now=5) == [{"until": 6}]
    assert store.read(statement, until=5, now=5) == []


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 0])
def test_numbers_have_64_bits(store, number):
    count(store, number)
    assert store.read("SELECT calls FROM losses") == [{"calls": number}]


def test_a_wrong_statement_is_an_error_of_the_store_and_the_next_one_works(store):
    with pytest.raises(StoreError, match=r"(?i)syntax"):
        store.read("SELEKT 1")
    with pytest.raises(StoreError, match=r"(?i)unique"):
        store.write(lambda s: [s.run("INSERT INTO losses (hour, reason) VALUES (1, 'full')") for _ in range(2)])
    assert count(store) == 1
    assert counted(store) == 1


def test_a_value_that_the_database_can_not_hold_is_an_error_of_the_store(store):
    with pytest.raises(StoreError):
        count(store, 2**64)
    with pytest.raises(StoreError):
        store.write(lambda s: s.run(COUNT, hour=0, reason="\ud800", calls=1))
    assert counted(store) == 0


def test_who_waits_too_long_for_another_writer_is_told_and_may_come_again(store, impatient):
    with writing(store):
        with pytest.raises(StoreError):
            count(impatient)
        assert counted(impatient) == 0
    assert count(impatient) == 1
    assert counted(impatient) == 2


def test_one_who_waits_in_the_same_process_is_told_as_well(impatient):
    with writing(impatient), pytest.raises(StoreError):
        count(impatient)
    assert count(impatient) == 1
    assert counted(impatient) == 2


def test_a_statement_without_end_is_ended(impatient):
    with pytest.raises(StoreError):
        impatient.read(ENDLESS)
    with pytest.raises(StoreError):
        impatient.write(lambda s: s.rows(ENDLESS))
    assert count(impatient) == 1


def test_many_threads_may_begin_at_once(store_url, store):
    fresh, together = open_store(store_url), threading.Barrier(8)

    def work(number):
        together.wait()
        for _ in range(10):
            count(fresh, number)
            counted(fresh)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    fresh.close()
    assert counted(store) == 280


def test_two_processes_that_write_at_once_add_up(store, store_url):
    processes = [script("upserts", store_url, "60", "40") for _ in range(2)]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 2
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [ended(process) for process in processes] == ["", ""]
    assert counted(store) == 2 * 60 * 40


def test_a_process_ends_though_nobody_closed(store, store_url):
    assert ended(script("forget_to_close", store_url)) == "1\n"
    assert counted(store) == 1


def test_a_store_may_be_made_before_a_fork_and_used_behind_it(store, store_url):
    assert ended(script("fork", store_url)) == "42\n"


def held():
    """The threads of this process and the number of its descriptors."""
    return set(threading.enumerate()), len(os.listdir("/proc/self/fd"))


def is_left(before):
    """Whether there is more than there was before; what other tests left may end at any time."""
    threads, descriptors = held()
    return bool(threads - before[0]) or descriptors > before[1]


def test_what_is_closed_leaves_no_thread_and_no_descriptor_and_opens_again(store_url):
    store, before = open_store(store_url), held()
    migrations.migrate(store)
    for _ in range(2):
        count(store)
        counted(store)
        store.close()
        store.close()
        assert not is_left(before)


def test_reading_again_takes_no_more_descriptors(store):
    count(store)
    counted(store)
    before = held()
    for _ in range(50):
        counted(store)
    assert not is_left(before)


def test_a_store_without_tables_can_not_be_read(store_url):
    fresh = open_store(store_url)
    with pytest.raises(Outdated, match="shim store migrate"):
        counted(fresh)
    assert {applied for _, applied in migrations.status(fresh)} == {None}
    migrations.migrate(fresh)
    assert counted(fresh) == 0
    fresh.close()


def test_tables_that_vanish_are_told_and_looked_for_again(store):
    assert counted(store) == 0
    store.transact(lambda s: [s.run(f"DROP TABLE {name}") for name in ("losses", "migrations")])
    with pytest.raises(Outdated, match="losses"):
        counted(store)
    with pytest.raises(Outdated, match="0001_usage"):
        counted(store)


@pytest.mark.parametrize(
    "url", ["sqlite://x", "sqlite:///", "sqlite:///:memory:", "mysql://h/d", "/var/lib/x", "postgresql://u:p/w@h/d"]
)
def test_other_urls_are_refused_without_being_quoted(url):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        open_store(url)
    assert url not in str(caught.value)
