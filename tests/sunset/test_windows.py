"""When an endpoint is switched off, by its windows and its end."""

import pytest

from shim.lifecycle import Lifecycle, moment, windows
from shim.sunset.windows import closures, dated


@pytest.mark.parametrize(
    ("written", "lasting"),
    [
        ("2027-01-10T12:00Z/2h, 2027-01-10T13:00Z/3h", ["2027-01-10T12:00Z/4h"]),
        ("2027-01-10T12:00Z/2h, 2027-01-10T14:00Z/1h", ["2027-01-10T12:00Z/3h"]),
        ("2027-01-10T12:00Z/5h, 2027-01-10T13:00Z/1h", ["2027-01-10T12:00Z/5h"]),
        ("2027-01-10T12:00Z/1h, 2027-01-11T12:00Z/1h", ["2027-01-10T12:00Z/1h", "2027-01-11T12:00Z/1h"]),
        ("2027-01-31T23:00Z/5h, 2027-02-01T00:00Z/1h, 2027-03-01/1h", ["2027-01-31T23:00Z/1h"]),
        ("none", []),
    ],
)
def test_windows_that_touch_are_one_and_none_outlasts_the_end(written, lasting):
    ends = Lifecycle(sunset=moment("2027-02-01"), removal=moment("2027-12-31"), brownouts=windows(written))
    assert [str(window) for window in closures(ends)] == lasting


def test_a_removal_without_a_sunset_is_an_end():
    ends = Lifecycle(removal=moment("2027-02-01"), brownouts=windows("2027-01-31T23:00Z/5h"))
    assert [str(window) for window in closures(ends)] == ["2027-01-31T23:00Z/1h"]


def test_times_are_written_as_short_as_they_are():
    assert [dated(moment("2027-02-01")), dated(moment("2027-02-01T08:30Z")), dated(None)] == [
        "2027-02-01",
        "2027-02-01 08:30 UTC",
        "-",
    ]
