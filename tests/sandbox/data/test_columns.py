"""Tables made of data sets by a description of their columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import pytest

from shim.sandbox.data.columns import Rows, always, column, columns, moment, opened


@dataclass
class Pond:
    id: int
    name: str


@dataclass
class Fish:
    id: int
    pond: Pond | None
    hatched: datetime
    weight: int
    kind: str = "carp"


PONDS = Rows("ponds", Pond, columns("id", "name"), sequences=("pond",))
FISH = Rows(
    "fish",
    Fish,
    columns(
        "id",
        pond=column("pond_id", "pond", key="ponds", default=None),
        hatched=moment("born"),
        weight=column(default=0, read=int),
        kind=always("eel"),
    ),
    lists=("fish", "fishes"),
)
ROW = {"id": 3, "pond": 1, "born": "2024-05-06T07:08:09Z"}


def _fish(*rows: dict[str, Any], **data: Any) -> list[Fish]:
    return list(opened({"ponds": [{"id": 1, "name": "north"}], "fish": rows, **data}, (PONDS, FISH))["fish"])


def test_each_attribute_comes_from_where_its_column_says() -> None:
    (fish,) = _fish(ROW | {"weight": "7", "kind": "pike"})
    assert fish == Fish(3, Pond(1, "north"), datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone.utc), 7, "eel")


def test_the_first_name_that_a_row_has_counts_and_a_default_where_it_has_none() -> None:
    assert _fish({**ROW, "pond_id": None})[0].pond is None
    assert _fish(ROW)[0].weight == 0


def test_rows_without_an_id_are_numbered_in_order() -> None:
    assert [fish.id for fish in _fish(*[{name: ROW[name] for name in ("pond", "born")}] * 2)] == [1, 2]


def test_a_reference_is_made_to_the_very_row() -> None:
    tables = opened({"ponds": [{"id": 1, "name": "north"}], "fishes": [ROW]}, (PONDS, FISH))
    assert next(iter(tables["fish"])).pond is tables["ponds"].get(1)


@pytest.mark.parametrize(
    ("told", "following"),
    [({"sequences": {"pond_id_seq": 8}}, 9), ({"next_ids": {"pond": 6}}, 6), ({}, 2)],
    ids=["last values", "next ids", "neither"],
)
def test_a_sequence_goes_on_where_the_data_set_says(told: dict[str, Any], following: int) -> None:
    assert opened({"ponds": [{"id": 1, "name": "north"}], **told}, (PONDS,))["ponds"].take_id() == following


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"id": 3, "pond": 1}, KeyError("born")),
        (ROW | {"pond": 9}, ValueError(f"unknown pond in {ROW | {'pond': 9}}")),
        (ROW | {"born": "yesterday"}, ValueError()),
    ],
)
def test_what_is_no_row_is_told(row: dict[str, Any], error: Exception) -> None:
    with pytest.raises(type(error)) as raised:
        _fish(row)
    assert raised.value.args == (error.args or raised.value.args)


def test_a_list_must_be_there_unless_it_is_optional() -> None:
    with pytest.raises(KeyError, match="ponds"):
        opened({}, (PONDS,))
    optional = Rows("ponds", Pond, columns("id", "name"), optional=True)
    assert len(opened({}, (optional,))["ponds"]) == 0
