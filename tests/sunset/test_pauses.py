"""Pauses: written by the command line, seen by every process, on both databases."""

from math import inf

import pytest

from shim.store import StoreError, open_store
from shim.sunset.pauses import EVERYTHING, Pauses, active, pause, resume

NOW = 1_800_000_000


def test_nothing_is_paused_at_first(store):
    pauses = Pauses(store)
    pauses.refresh()
    assert (active(store), pauses.spare("git", NOW)) == ({}, False)


def test_a_pause_ends_by_itself(store):
    pause(store, "git", NOW + 60, NOW)
    pauses = Pauses(store)
    assert not pauses.spare("git", NOW)
    pauses.refresh()
    assert [pauses.spare("git", NOW + after) for after in (0, 59, 60)] == [True, True, False]
    assert not pauses.spare("todo", NOW)
    assert [active(store, NOW + after) for after in (0, 60)] == [{"git": NOW + 60.0}, {}]


def test_a_pause_without_an_end_lasts_till_it_is_resumed(store):
    pause(store, EVERYTHING, None, NOW)
    pauses = Pauses(store)
    pauses.refresh()
    assert pauses.spare("git", NOW + 10**9)
    assert active(store) == {EVERYTHING: inf}
    assert resume(store, EVERYTHING)
    pauses.refresh()
    assert not pauses.spare("git", NOW)
    assert not resume(store, EVERYTHING)


def test_the_last_word_counts(store):
    pause(store, "git", None, NOW)
    pause(store, "git", NOW + 60, NOW + 1)
    assert active(store) == {"git": NOW + 60.0}


def test_everything_resumed_is_everything_resumed(store):
    for service in ("git", "todo", EVERYTHING):
        pause(store, service, None, NOW)
    assert resume(store, "git")
    assert set(active(store)) == {"todo", EVERYTHING}
    assert resume(store, EVERYTHING)
    assert active(store) == {}


def test_what_was_seen_last_holds_while_the_store_is_out_of_reach(store, postgres_server, store_url):
    pause(store, "git", None, NOW)
    pauses = Pauses(store)
    pauses.refresh()
    if store_url.startswith("sqlite"):
        path = store_url.removeprefix("sqlite:///")
        with open(path, "r+b") as file:
            file.write(b"no database any more")
        with pytest.raises(StoreError):
            pauses.refresh()
    else:
        postgres_server.stop()
        try:
            with pytest.raises(StoreError):
                pauses.refresh()
            assert pauses.spare("git", NOW)
        finally:
            postgres_server.start()
    assert pauses.spare("git", NOW)


def test_a_store_that_nobody_has_made_yet_pauses_nothing(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'none.sqlite3'}")
    pauses = Pauses(store)
    pauses.refresh()
    assert not pauses.spare("git", NOW)
    assert not (tmp_path / "none.sqlite3").exists()
    store.close()
