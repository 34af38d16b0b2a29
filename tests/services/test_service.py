"""What a service tells of its calls' costs."""

from __future__ import annotations

import pytest

from shim.services.service import BATCH, HEAVIEST, Service
from shim.upstream import loads

COSTS = {"Rows": 2, "Loaded": 3 / BATCH}
SERVICE = Service("x", (), loads("query A { a }"), {}, row_costs=COSTS)


@pytest.mark.parametrize(
    ("operation", "rows", "weight"),
    [
        ("A", 2000, 1),
        ("Rows", 0, 1),
        ("Rows", 7, 14),
        ("Rows", HEAVIEST, HEAVIEST),
        ("Loaded", 0, 1),
        ("Loaded", 25, 1),
        ("Loaded", 1001, 31),
        ("Loaded", 100_000, HEAVIEST),
    ],
)
def test_a_call_weighs_the_transactions_of_its_rows(operation: str, rows: int, weight: int) -> None:
    assert SERVICE.weight(operation, rows) == weight


def test_no_call_is_asked_for_more_rows_than_it_may_weigh() -> None:
    assert (SERVICE.most_rows("Rows"), SERVICE.most_rows("A")) == (HEAVIEST // 2, HEAVIEST)
