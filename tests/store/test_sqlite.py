"""A store in a file, on disks as they are."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from shim.store import Outdated, StoreError, open_store
from tests.store.scripts import COUNT, count, counted, ended, script


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.sqlite3"


@pytest.fixture
def fresh(path):
    """A store whose file is not there yet."""
    store = open_store(f"sqlite:///{path}")
    yield store
    store.close()


def journal(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA journal_mode").fetchone()[0]


def test_the_first_who_writes_makes_the_file_for_its_user_alone(fresh, path):
    with pytest.raises(Outdated, match="shim store migrate"):
        counted(fresh)
    assert not path.exists()
    assert count(fresh) == 1
    assert (path.stat().st_mode & 0o777, journal(path)) == (0o600, "wal")
    assert counted(fresh) == 1


def test_any_name_of_a_file_will_do(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/50%41 ?mode=ro#ü.db")
    count(store)
    store.close()
    assert [file.name for file in tmp_path.iterdir()] == ["50%41 ?mode=ro#ü.db"]


def test_a_path_without_a_slash_in_front_is_meant_from_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = open_store("sqlite:///here.db")
    monkeypatch.chdir("/")
    count(store)
    store.close()
    assert (tmp_path / "here.db").exists()
    assert store.name == f"sqlite:///{tmp_path}/here.db"


def test_a_file_without_wal_works_as_well(fresh, path, monkeypatch):
    connect = sqlite3.connect
    dotted = lambda address, *rest, **options: connect(f"{address}&vfs=unix-dotfile", *rest, **options)  # noqa: E731
    monkeypatch.setattr(sqlite3, "connect", dotted)
    assert count(fresh) == 1
    assert counted(fresh) == 1
    monkeypatch.undo()
    assert path.read_bytes()[18:20] == b"\x01\x01"  # versions of the format: 2 would mean WAL


def test_a_folder_that_is_missing_is_told_until_it_is_there(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/later/store.sqlite3")
    with pytest.raises(StoreError, match=r"later/store\.sqlite3: can't be made: No such file or directory"):
        count(store)
    (tmp_path / "later").mkdir()
    assert count(store) == 1
    store.close()


def test_a_file_that_is_no_database_is_told_and_left_alone(fresh, path):
    path.write_bytes(b"something else " * 100)
    for act in (count, counted):
        with pytest.raises(StoreError, match="file is not a database"):
            act(fresh)
    assert path.read_bytes() == b"something else " * 100


def test_a_file_that_may_not_be_written_is_told_until_it_may():
    folder, file, *counts = ended(script("read_only")).splitlines()
    assert folder.endswith("can't be made: Permission denied")
    assert file.endswith("may not be written by this user")
    assert counts == ["1", "2"]


def test_a_full_disk_is_told_until_there_is_room(path):
    problem, *counts = ended(script("full_disk", str(path))).splitlines()
    assert problem.endswith(("disk I/O error", "database or disk is full"))
    assert counts == ["1", "1001"]


def test_a_file_at_its_full_size_is_told_and_nothing_of_the_transaction_stays(fresh):
    count(fresh)

    def much(statements):
        statements.run("PRAGMA max_page_count = 20")
        statements.many(COUNT, [{"hour": hour, "reason": "x" * 1000, "calls": 1} for hour in range(1000)])

    with pytest.raises(StoreError, match="database or disk is full"):
        fresh.write(much)
    assert counted(fresh) == 1
    assert count(fresh) == 1


def test_a_file_that_another_takes_the_place_of_is_let_go(fresh, path, tmp_path):
    count(fresh, 7)
    other = open_store(f"sqlite:///{tmp_path}/other.sqlite3")
    count(other, 100)
    other.close()
    (tmp_path / "other.sqlite3").replace(path)
    for rest in ("-wal", "-shm"):
        path.with_name(path.name + rest).unlink()
    count(fresh, 1)
    assert counted(fresh) == 101


def test_a_file_that_is_removed_is_made_anew(fresh, path):
    count(fresh, 7)
    path.unlink()
    with pytest.raises(Outdated):
        counted(fresh)
    count(fresh, 1)
    assert counted(fresh) == 1
