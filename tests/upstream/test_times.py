"""Times of the API as numbers."""

from __future__ import annotations

import pytest

from shim.upstream import UpstreamError, microseconds


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("1970-01-01T00:00:01Z", 10**6),
        ("1970-01-01T00:00:01.5Z", 1_500_000),
        ("1970-01-01T00:00:01.000002999Z", 10**6 + 2),
        ("1970-01-01T02:00:00.5+02:00", 500_000),
        ("1969-12-31T23:30:00-00:30", 0),
    ],
)
def test_any_time_that_an_api_may_write_has_a_number(moment: str, number: int) -> None:
    assert microseconds(moment) == number


@pytest.mark.parametrize(
    "moment", [None, "", "2024-13-45T99:99:99Z", "99999-01-01T00:00:00Z", "2024-01-01T00:00:00+99:99"]
)
def test_what_is_no_time_is_a_fault_of_the_api(moment: str) -> None:
    with pytest.raises(UpstreamError):
        microseconds(moment)
