"""Tables and their sequences."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from shim.sandbox.data.table import Table
from shim.sandbox.engine.errors import FieldError, sql_text


@dataclass
class Row:
    id: int


def test_rows_stand_by_id_and_new_ones_follow() -> None:
    table = Table([Row(3), Row(1)])
    assert [row.id for row in table] == [1, 3]
    assert table.add(Row(table.take_id())).id == 4
    assert len(table) == 3


def test_the_sequence_of_a_data_set_counts_and_ids_are_never_given_back() -> None:
    table: Table[Row] = Table([Row(3)], next_id=9)
    table.take_id()
    table.remove(table.add(Row(table.take_id())))
    assert table.take_id() == 11


def test_a_table_may_be_keyed_by_another_number() -> None:
    class Negative(Table[Row]):
        def key(self, row: Row) -> int:
            return -row.id

    table = Negative([Row(3), Row(5)])
    assert [row.id for row in table] == [5, 3]
    assert table.get(-3) == Row(3)
    table.remove(Row(3))
    assert (table.get(-3), table.take_id()) == (None, -2)


def test_readers_keep_what_they_read() -> None:
    table = Table([Row(1), Row(2)])
    for row in table:
        table.remove(row)
    assert len(table) == 0


def test_an_id_that_no_integer_column_holds() -> None:
    with pytest.raises(FieldError, match='pq: value "99999999999" is out of range for type integer'):
        Table([Row(1)]).get(99999999999)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\0", 'pq: invalid byte sequence for encoding "UTF8": 0x00'),
        ("abc", "pq: value too long for type character varying(2)"),
    ],
)
def test_texts_that_no_column_holds(text: str, message: str) -> None:
    with pytest.raises(FieldError) as caught:
        sql_text(text, 2)
    assert caught.value.message == message
