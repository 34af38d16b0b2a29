"""Resource ids."""

from __future__ import annotations

from shim.sandbox.data.rid import format_rid
from shim.sandbox.engine.times import EPOCH


def test_a_uuid_in_base32() -> None:
    assert format_rid("018d6b00-0000-7000-8000-000000000001", 1, EPOCH) == "066pp00001r010000000000004"


def test_rows_without_one_get_one_of_their_own() -> None:
    made = {format_rid(None, row_id, EPOCH) for row_id in range(100)}
    assert len(made) == 100
    assert {len(rid) for rid in made} == {26}
