"""Notes of services: kept for all processes, lost with the store, gone when they are old."""

from __future__ import annotations

from pathlib import Path

from shim.services.notes import MOST_NOTES, OwnNotes
from shim.store import Store, open_store
from shim.store.migrations import migrate
from shim.store.notes import KEPT, StoredNotes


def store(folder: Path) -> Store:
    found = open_store(f"sqlite:///{folder}/shim.sqlite3")
    migrate(found)
    return found


def test_a_note_is_known_to_others_until_it_is_changed(tmp_path: Path) -> None:
    one, other = StoredNotes(store(tmp_path)), StoredNotes(store(tmp_path))
    assert other.known("a") is None
    one.keep("a", 7)
    assert (other.known("a"), other.known("b")) == (7, None)
    other.keep("a", 8)
    assert one.known("a") == 8


def test_an_old_note_goes(tmp_path: Path) -> None:
    shared = store(tmp_path)
    StoredNotes(shared, lambda: 0).keep("old", 1)
    StoredNotes(shared, lambda: KEPT).keep("young", 2)
    assert StoredNotes(shared).known("old") == 1
    StoredNotes(shared, lambda: KEPT + 1).keep("new", 3)
    assert [StoredNotes(shared).known(place) for place in ("old", "young", "new")] == [None, 2, 3]


def test_without_a_store_nothing_is_known_and_nothing_fails(tmp_path: Path) -> None:
    notes = StoredNotes(open_store(f"sqlite:///{tmp_path}"))
    notes.keep("a", 1)
    assert notes.known("a") is None


def test_a_process_remembers_the_newest() -> None:
    notes = OwnNotes()
    for number in range(MOST_NOTES + 1):
        notes.keep(str(number), number)
    assert (notes.known("0"), notes.known("1"), notes.known(str(MOST_NOTES))) == (None, 1, MOST_NOTES)
