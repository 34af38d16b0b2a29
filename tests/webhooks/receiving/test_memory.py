"""What has arrived before, in one process and in several."""

import sqlite3
import subprocess
import sys

import pytest

from shim.store import open_store
from shim.webhooks.receiving.memory import KEPT_DELIVERIES, LEASE, PAUSE, Memory, Verdict
from shim.webhooks.receiving.recent import KEPT_NONCES, Arrival, Arrivals, Nonces
from shim.webhooks.receiving.room import Bounds
from tests.webhooks.waiting import Clock

ONE, OTHER = Arrival("k", "u", "e"), Arrival("k", "u", "f")
RECORD = b'{"shim":1}'
ANOTHER_PROCESS = """
import sys
from shim.store import open_store
from shim.webhooks.receiving.memory import Memory
from shim.webhooks.receiving.recent import Arrival
store = open_store(sys.argv[1])
print(Memory(store).arrive(sys.argv[2], Arrival(*sys.argv[3:])))
store.close()
"""


@pytest.fixture
def clock():
    """A clock that is set by hand."""
    return Clock(1_000_000_000.0)


@pytest.fixture(params=["none", "sqlite", "postgres"])
def some_store(request):
    """No store, or one of either kind."""
    if request.param == "none":
        yield None
        return
    store = open_store(request.getfixturevalue(f"{request.param}_url"))
    from shim.store import migrations

    migrations.migrate(store)
    yield store
    store.close()


def test_a_nonce_counts_once(some_store, clock):
    memory = Memory(some_store, clock=clock)
    assert memory.arrive("n1", ONE) is Verdict.NEW
    memory.end(ONE, RECORD)
    assert memory.arrive("n1", ONE) is Verdict.REPLAYED
    assert memory.arrive("n1", OTHER) is Verdict.REPLAYED
    assert memory.arrive("n1", None) is Verdict.REPLAYED
    assert memory.arrive("n2", None) is Verdict.NEW
    assert memory.arrive("n2", ONE) is Verdict.REPLAYED
    clock.now += KEPT_NONCES - 1
    assert memory.arrive("n1", None) is Verdict.REPLAYED


def test_after_their_time_nonces_are_forgotten(some_store, clock):
    memory = Memory(some_store, clock=clock)
    assert memory.arrive("n1", None) is Verdict.NEW
    clock.now += KEPT_NONCES + 1
    memory.forget()
    assert memory.arrive("n1", None) is Verdict.NEW


def test_an_event_is_delivered_once(some_store, clock):
    memory = Memory(some_store, clock=clock)
    assert memory.arrive("n1", ONE) is Verdict.NEW
    assert memory.arrive("n2", ONE) is Verdict.RUNNING
    assert memory.arrive("n3", OTHER) is Verdict.NEW
    memory.end(ONE, RECORD)
    assert memory.arrive("n4", ONE) == RECORD
    assert memory.arrive("n5", OTHER) is Verdict.RUNNING


def test_what_was_given_up_is_delivered_when_it_comes_again(some_store, clock):
    memory = Memory(some_store, clock=clock)
    assert memory.arrive("n1", ONE) is Verdict.NEW
    memory.end(ONE, None)
    assert memory.arrive("n2", ONE) is Verdict.NEW


@pytest.fixture
def several(store_url, store, clock):
    """Two memories that share nothing but the store."""
    stores = [open_store(store_url) for _ in range(2)]
    yield [Memory(each, clock=clock) for each in stores]
    for each in stores:
        each.close()


def test_processes_share_a_store(several):
    one, two = several
    assert one.arrive("n1", ONE) is Verdict.NEW
    assert two.arrive("n1", OTHER) is Verdict.REPLAYED
    assert two.arrive("n2", ONE) is Verdict.RUNNING
    one.end(ONE, RECORD)
    assert two.arrive("n3", ONE) == RECORD
    assert two.arrive("n4", ONE) == RECORD
    assert two.arrive("n5", OTHER) is Verdict.NEW


def test_another_process_knows_of_it(store_url, store):
    assert Memory(store).arrive("n1", ONE) is Verdict.NEW

    def elsewhere(nonce, *arrival):
        command = [sys.executable, "-c", ANOTHER_PROCESS, store_url, nonce, *arrival]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    assert elsewhere("n1", *OTHER) == "Verdict.REPLAYED"
    assert elsewhere("n2", *ONE) == "Verdict.RUNNING"
    assert elsewhere("n3", *OTHER) == "Verdict.NEW"
    assert Memory(store).arrive("n3", None) is Verdict.REPLAYED


def test_what_a_killed_process_was_about_is_taken_over(several, clock):
    killed, other = several
    assert killed.arrive("n1", ONE) is Verdict.NEW
    clock.now += LEASE - 1
    assert other.arrive("n2", ONE) is Verdict.RUNNING
    clock.now += 1
    assert other.arrive("n3", ONE) is Verdict.NEW
    assert other.arrive("n4", ONE) is Verdict.RUNNING


def test_what_was_given_up_elsewhere_is_free(several):
    one, two = several
    assert one.arrive("n1", ONE) is Verdict.NEW
    assert two.arrive("n2", ONE) is Verdict.RUNNING
    one.end(ONE, None)
    assert two.arrive("n3", ONE) is Verdict.NEW


def test_what_a_killed_process_was_about_is_taken_over_though_the_clock_was_set_back(several, clock):
    one, other = several
    clock.now += 86400
    assert one.arrive("n1", ONE) is Verdict.NEW
    clock.now -= 86400
    assert other.arrive("n2", ONE) is Verdict.NEW


def test_old_rows_are_deleted_and_younger_ones_are_not(store, clock):
    memory = Memory(store, clock=clock)
    memory.arrive("n1", ONE)
    memory.end(ONE, RECORD)
    clock.now += KEPT_DELIVERIES + 1
    memory.arrive("n2", OTHER)
    memory.forget()
    assert [row["event"] for row in store.read("SELECT event FROM seen_deliveries")] == [OTHER.event]
    assert {row["nonce"] for row in store.read("SELECT nonce FROM seen_nonces")} == {"n1", "n2"}
    clock.now += KEPT_NONCES - KEPT_DELIVERIES
    memory.forget()
    assert [row["nonce"] for row in store.read("SELECT nonce FROM seen_nonces")] == ["n2"]


def test_more_old_rows_than_are_deleted_at_once(sqlite_store, clock):
    rows = [{"nonce": f"n{n}", "at": 0} for n in range(2500)]
    sqlite_store.write(lambda s: s.many("INSERT INTO seen_nonces (nonce, at) VALUES (:nonce, :at)", rows))
    memory = Memory(sqlite_store, clock=clock)
    memory.arrive("n", None)
    memory.forget()
    assert sqlite_store.read("SELECT nonce FROM seen_nonces") == [{"nonce": "n"}]


def test_a_store_that_was_never_used_is_not_made_for_that(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/store.sqlite3")
    Memory(store).forget()
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def busy(sqlite_store, sqlite_url):
    """A store of little patience, and what holds it from then on."""
    impatient = open_store(sqlite_url, 0.01, 0.01)
    impatient.write(lambda statements: None)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    yield impatient, other
    other.close()
    impatient.close()


def test_while_the_store_can_not_be_had_a_process_knows_its_own(busy, clock):
    store, other = busy
    missed = []
    memory = Memory(store, missed=lambda: missed.append(1), clock=clock)
    other.execute("BEGIN EXCLUSIVE")
    assert memory.arrive("n1", ONE) is Verdict.NEW
    assert memory.arrive("n1", OTHER) is Verdict.REPLAYED
    assert memory.arrive("n2", ONE) is Verdict.RUNNING
    memory.end(ONE, RECORD)
    assert memory.arrive("n3", ONE) == RECORD
    assert len(missed) == 2
    other.execute("ROLLBACK")
    assert memory.arrive("n4", OTHER) is Verdict.NEW
    assert Memory(store, clock=clock).arrive("n4", None) is Verdict.NEW  # left alone for a while
    clock.now += PAUSE
    assert memory.arrive("n5", None) is Verdict.NEW
    assert Memory(store, clock=clock).arrive("n5", None) is Verdict.REPLAYED


def test_a_store_is_used_again_though_the_clock_was_set_back(busy, clock):
    store, other = busy
    memory = Memory(store, clock=clock)
    other.execute("BEGIN EXCLUSIVE")
    assert memory.arrive("n1", None) is Verdict.NEW
    other.execute("ROLLBACK")
    clock.now -= 86400
    assert memory.arrive("n2", None) is Verdict.NEW
    assert Memory(store, clock=clock).arrive("n2", None) is Verdict.REPLAYED


def test_a_server_that_is_gone_is_missed_and_used_again(postgres_server, postgres_url, clock):
    from shim.store import migrations

    store = open_store(postgres_url, 0.5, 0.5)
    migrations.migrate(store)
    missed = []
    memory = Memory(store, missed=lambda: missed.append(1), clock=clock)
    assert memory.arrive("n1", ONE) is Verdict.NEW
    postgres_server.stop()
    try:
        memory.end(ONE, RECORD)
        assert memory.arrive("n2", OTHER) is Verdict.NEW
    finally:
        postgres_server.start()
    assert missed == [1, 1]
    clock.now += PAUSE
    assert memory.arrive("n3", None) is Verdict.NEW
    assert Memory(store, clock=clock).arrive("n3", None) is Verdict.REPLAYED
    assert memory.arrive("n4", ONE) == RECORD
    store.close()


def test_a_processes_memory_is_bounded():
    nonces = Nonces(most=2)
    assert [nonces.add(nonce, 0.0) for nonce in ("a", "b", "a", "c", "b", "a")] == [
        True,
        True,
        False,
        True,
        False,
        True,
    ]
    arrivals = Arrivals(most=2, most_bytes=10)
    for number, record in enumerate((b"1234", b"1234", b"1234", b"123456789")):
        arrival = Arrival("k", str(number), "e")
        assert arrivals.begin(arrival) is True
        arrivals.end(arrival, record)
    assert [arrivals.begin(Arrival("k", str(number), "e")) for number in range(4)] == [True, True, True, b"123456789"]


def many(memory, *numbers, record=RECORD):
    """Deliveries that arrive and end, one after the other."""
    for number in numbers:
        arrival = Arrival("k", f"u{number}", "e")
        assert memory.arrive(f"n{number}", arrival) is Verdict.NEW
        memory.end(arrival, record)


def left(store, table="seen_deliveries"):
    """How many rows of a table are left, and how many bytes of records."""
    rows = store.read(f"SELECT * FROM {table}")  # noqa: S608
    return len(rows), sum(row.get("size", 0) for row in rows)


def test_of_too_many_deliveries_the_oldest_are_forgotten(store, clock, logged):
    memory = Memory(store, clock=clock, bounds=Bounds(deliveries=100))
    for number in range(300):
        clock.now += 1
        many(memory, number)
        assert left(store)[0] <= 100
    assert [entry["table"] for entry in logged if "forgotten" in entry["event"]] == ["seen_deliveries"]
    others = Memory(store, clock=clock)
    assert others.arrive("m1", Arrival("k", "u299", "e")) == RECORD
    assert others.arrive("m2", Arrival("k", "u0", "e")) is Verdict.NEW


def test_their_records_have_a_bound_in_bytes(store, clock):
    memory = Memory(store, clock=clock, bounds=Bounds(space=100_000))
    for number in range(60):
        clock.now += 1
        many(memory, number, record=b"x" * 10_000)
        assert left(store)[1] <= 100_000
    assert left(store)[0] > 0


def test_other_processes_rows_count_too(store, clock):
    many(Memory(store, clock=clock), *range(150))
    clock.now += 1
    many(Memory(store, clock=clock, bounds=Bounds(deliveries=100)), 150)
    assert left(store)[0] <= 100
    assert Memory(store, clock=clock).arrive("m", Arrival("k", "u150", "e")) == RECORD


def test_of_too_many_nonces_the_oldest_are_forgotten(store, clock):
    memory = Memory(store, clock=clock, bounds=Bounds(nonces=100))
    for number in range(300):
        clock.now += 1
        many(memory, number)
        assert left(store, "seen_nonces")[0] <= 100
    others = Memory(store, clock=clock)
    assert others.arrive("n299", None) is Verdict.REPLAYED
    assert others.arrive("n0", None) is Verdict.NEW
