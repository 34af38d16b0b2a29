"""Sealed cursors, and the pages with the servers' defects."""

from __future__ import annotations

import pytest

from shim import crypto
from shim.sandbox.engine.cursor import Cursor, Page, page, page_by_name
from shim.sandbox.engine.errors import FieldError, PanicError

KEY = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="


def test_a_cursor_comes_back_from_its_seal() -> None:
    cursor = Cursor(3, "refs/heads/\u0432", "x")
    assert Cursor.unseal(cursor.seal(KEY), KEY) == cursor


def test_missing_members_are_gos_zero_values() -> None:
    assert Cursor.unseal(crypto.seal(KEY, {}), KEY) == Cursor(0, "", "")


@pytest.mark.parametrize("text", ["", "garbage", "gAAAAA", "\u00fc"])
def test_what_is_no_cursor(text: str) -> None:
    with pytest.raises(FieldError, match=r"^Invalid cursor$"):
        Cursor.unseal(text, KEY)


@pytest.mark.parametrize("value", [{"next": 5}, {"count": "5"}, {"search": None}])
def test_what_cannot_be_unmarshaled_panics(value: dict[str, object]) -> None:
    with pytest.raises(PanicError):
        Cursor.unseal(crypto.seal(KEY, value), KEY)


@pytest.mark.parametrize(
    ("asked", "count"),
    [(None, 25), ({}, 25), ({"count": 0}, 25), ({"count": -1}, 25), ({"count": 1000}, 1000)],
)
def test_the_first_page_obeys_a_positive_count(asked: dict[str, int] | None, count: int) -> None:
    assert Cursor.start(asked).count == count


def _walk(rows: list[int], size: int) -> list[Page[int]]:
    pages = [page(rows, Cursor(size), lambda row: row)]
    while (cursor := pages[-1].cursor) and len(pages) < 10:
        pages.append(page(rows, cursor, lambda row: row))
    return pages


def test_descending_lists_page_without_loss() -> None:
    pages = _walk([9, 7, 5, 4, 2], 2)
    assert [list(found.results) for found in pages] == [[9, 7], [5, 4], [2]]


def test_ascending_lists_repeat_their_first_page_for_ever() -> None:
    pages = _walk([2, 4, 5, 7, 9], 2)
    assert all(list(found.results) == [2, 4] for found in pages)
    assert len(pages) == 10


@pytest.mark.parametrize(
    ("cursor", "results", "following"),
    [
        (Cursor(0), [], "3"),
        (Cursor(0, "2"), [], "2"),
        (Cursor(9, "abc"), [], None),
        (Cursor(9, "2"), [2, 1], None),
    ],
)
def test_forged_cursors_are_obeyed(cursor: Cursor, results: list[int], following: str | None) -> None:
    found = page([3, 2, 1], cursor, lambda row: row)
    assert list(found.results) == results
    assert (found.cursor and found.cursor.next) == following


@pytest.mark.parametrize("position", [str(2**31), str(-(2**31) - 1), "9" * 30])
def test_a_forged_position_beyond_the_column_is_refused_unless_it_is_a_time(position: str) -> None:
    with pytest.raises(FieldError, match="is out of range for type integer"):
        page([3, 2, 1], Cursor(next=position), lambda row: row)
    page([3, 2, 1], Cursor(next=position), lambda row: row, times=True)


def test_a_forged_size_below_zero_panics() -> None:
    with pytest.raises(PanicError):
        page([1], Cursor(-1), lambda row: row)


@pytest.mark.parametrize("total", [25, 26, 27, 28, 60])
def test_lists_by_name_lose_two_rows_a_page(total: int) -> None:
    rows = [f"n{i:02}" for i in range(total)]
    seen: list[str] = []
    cursor = None
    while True:
        found = page_by_name(rows, cursor, str.encode)
        seen += found.results
        cursor = found.cursor
        if cursor is None:
            break
    lost = {25, 26, 52, 53} & set(range(total))
    assert seen == [row for i, row in enumerate(rows) if i not in lost]


def test_a_position_between_two_names_skips_the_next() -> None:
    assert list(page_by_name(["a", "c", "e", "g"], Cursor(9, "b"), str.encode).results) == ["e", "g"]


def test_names_that_are_no_utf8_do_not_break_the_cursor() -> None:
    found = page_by_name([b"a", b"caf\xe9"], Cursor(1), lambda name: name)
    assert found.cursor is not None
    assert Cursor.unseal(found.cursor.seal(KEY), KEY).next == "caf\ufffd"
