"""Times in and out."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.sandbox.engine import times


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2024-03-09T13:07:06.000111Z", "2024-03-09T13:07:06.000111Z"),
        ("2024-03-09T13:07:06.500250Z", "2024-03-09T13:07:06.50025Z"),
        ("2024-03-09T13:07:06.000000Z", "2024-03-09T13:07:06Z"),
        ("2024-03-09T13:07:06.123456789+05:45", "2024-03-09T13:07:06.123456+05:45"),
        ("2024-03-09T13:07:06-03:30", "2024-03-09T13:07:06-03:30"),
    ],
)
def test_fractions_and_offsets(text: str, written: str) -> None:
    assert times.rfc3339(times.parse(text)) == written


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(timezone.utc)))
def test_what_is_written_reads_back(moment: datetime) -> None:
    assert times.parse(times.rfc3339(moment)) == moment


def test_microseconds_are_exact() -> None:
    assert times.microseconds(times.parse("2024-03-09T13:07:06.000111Z")) == 1709989626000111
