"""Pauses: written by the command line, seen by every process, on both databases."""

from contextlib import closing
from math import inf

import pytest

from shim.store import StoreError, migrations, open_store
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


def fails_and_still_pauses(pauses):
    with pytest.raises(StoreError):
        pauses.refresh()
    return pauses.spare("git", NOW)


def paused(store):
    pause(store, "git", None, NOW)
    pauses = Pauses(store)
    pauses.refresh()
    return pauses


def test_what_was_seen_last_holds_while_a_server_is_down(postgres_url, postgres_server):
    with closing(open_store(postgres_url, patience=0.5)) as store:
        migrations.migrate(store)
        pauses = paused(store)
        postgres_server.stop()
        try:
            assert fails_and_still_pauses(pauses)
        finally:
            postgres_server.start()
        pauses.refresh()
        assert pauses.spare("git", NOW)


def test_what_was_seen_last_holds_while_a_file_cannot_be_read(sqlite_store, tmp_path):
    pauses = paused(sqlite_store)
    (tmp_path / "store.sqlite3").rename(tmp_path / "away")
    (tmp_path / "store.sqlite3").mkdir()
    assert fails_and_still_pauses(pauses)


def test_a_store_that_nobody_has_made_yet_pauses_nothing(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'none.sqlite3'}")
    pauses = Pauses(store)
    pauses.refresh()
    assert not pauses.spare("git", NOW)
    assert not (tmp_path / "none.sqlite3").exists()
    store.close()
