"""What a process leaves behind, told by the next."""

from __future__ import annotations

import fcntl
import os
import stat
import threading
from pathlib import Path

import pytest

from shim.usage.tally import Left, Tally, left, state_folder
from tests.toy import config

STORE = "sqlite:///x"


def files(folder):
    return sorted(folder.glob("usage-*"))


def abandon(tally):
    """What the kernel does for a process that is killed: its locks are gone, nothing else."""
    fcntl.flock(tally._descriptor, fcntl.LOCK_UN)
    tally.leave()


def found(folder, store=STORE):
    with left(folder, store) as entries:
        return entries


@pytest.fixture
def tally(tmp_path):
    made = Tally()
    made.keep(tmp_path, STORE)
    yield made
    made.end()


def counted(tally, seen, settled):
    for _ in range(seen):
        tally.see()
    tally.settle(settled)


def test_what_is_alive_is_left_alone(tmp_path, tally):
    counted(tally, 5, 2)
    assert found(tmp_path) == []
    assert len(files(tmp_path)) == 1
    assert stat.S_IMODE(files(tmp_path)[0].stat().st_mode) == 0o600


@pytest.mark.parametrize(("seen", "settled"), [(1, 0), (64, 63), (1000, 1), (65, 1)])
def test_what_was_killed_has_lost_the_difference(tmp_path, tally, seen, settled):
    counted(tally, seen, settled)
    abandon(tally)
    assert found(tmp_path) == [Left("killed", seen - settled)]
    assert files(tmp_path) == []


def test_nothing_is_left_where_all_is_settled(tmp_path, tally):
    counted(tally, 5, 5)
    tally.end()
    assert files(tmp_path) == []


def test_who_stopped_without_a_store_says_so(tmp_path, tally):
    counted(tally, 5, 1)
    tally.end()
    assert found(tmp_path) == [Left("stopped", 4)]


def test_a_file_stays_until_its_losses_are_written(tmp_path, tally):
    counted(tally, 5, 1)
    abandon(tally)
    with pytest.raises(RuntimeError), left(tmp_path, STORE):
        raise RuntimeError
    assert found(tmp_path) == [Left("killed", 4)]


def test_of_two_who_look_one_finds_it(tmp_path, tally):
    counted(tally, 5, 1)
    abandon(tally)
    with left(tmp_path, STORE) as entries:
        assert found(tmp_path) == []
        assert entries == [Left("killed", 4)]


def test_the_calls_of_another_store_are_not_ours(tmp_path, tally):
    counted(tally, 5, 1)
    abandon(tally)
    assert found(tmp_path, "postgresql://elsewhere") == []
    assert len(files(tmp_path)) == 1


def test_what_was_counted_before_there_was_a_file_counts(tmp_path):
    tally = Tally()
    counted(tally, 100, 30)
    tally.keep(tmp_path, STORE)
    tally.see()
    assert (tally.seen, tally.settled) == (101, 30)
    abandon(tally)
    assert found(tmp_path) == [Left("killed", 71)]


def test_threads_count_without_a_lock(tmp_path, tally):
    def see():
        for _ in range(5000):
            tally.see()

    threads = [threading.Thread(target=see) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tally.seen == 40_000


@pytest.mark.parametrize("content", [b"", b"\0" * 536, b"\xff" * 536, b"shimuse1" + b"\xff" * 528, b"x" * 9999])
def test_a_file_that_makes_no_sense_is_removed(tmp_path, tally, content):
    path = files(tmp_path)[0]
    abandon(tally)
    path.write_bytes(content)
    assert found(tmp_path) == []
    assert files(tmp_path) == []


def test_links_pipes_and_folders_are_left_alone(tmp_path, tally):
    counted(tally, 5, 1)
    abandon(tally)
    mine, elsewhere = files(tmp_path)[0], tmp_path / "elsewhere"
    mine.rename(elsewhere)
    mine.symlink_to(elsewhere)
    os.link(elsewhere, f"{mine}-hard")
    os.mkfifo(f"{mine}-pipe")
    Path(f"{mine}-folder").mkdir()
    before = sorted(tmp_path.iterdir())
    assert found(tmp_path) == []
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    for act in (lambda: Tally().keep(tmp_path / "no", STORE), lambda: found(tmp_path / "no")):
        with pytest.raises(FileNotFoundError):
            act()


def test_a_file_that_another_took_for_left_behind_is_replaced(tmp_path, monkeypatch):
    lock, taken = fcntl.flock, []

    def flock(descriptor, operation):
        if not taken:
            taken.append(files(tmp_path)[0])
            taken[0].unlink()
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    tally = Tally()
    tally.keep(tmp_path, STORE)
    assert files(tmp_path) not in ([], taken)
    tally.end()


def test_a_forked_process_lets_go_and_its_parent_does_not(tmp_path, tally):
    counted(tally, 5, 1)
    child = os.fork()
    if not child:
        tally.leave()
        os._exit(tally.seen)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (found(tmp_path), tally.seen) == ([], 5)


@pytest.mark.parametrize(
    ("settings", "folder"),
    [
        ({"store": "sqlite:////var/lib/shim/shim.sqlite3"}, "/var/lib/shim"),
        ({"store": "sqlite:////srv/x.sqlite3"}, "/srv"),
        ({"store": "sqlite:////srv/x.sqlite3", "state": "/run/shim"}, "/run/shim"),
        ({"store": "postgresql://shim@db/shim"}, "/var/lib/shim"),
        ({"store": "postgresql://shim@db/shim", "state": "/run/shim"}, "/run/shim"),
    ],
)
def test_the_folder_is_that_of_the_file_unless_it_is_told(settings, folder):
    assert state_folder(config(**settings)) == Path(folder)
