"""Dates (conventions 7.2)."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.rest import dates
from shim.rest.dates import legacy_time


@pytest.mark.parametrize(
    ("given_time", "legacy"),
    [
        ("2024-09-01T12:00:00.999999Z", "2024-09-01T12:00:00+00:00"),
        ("2024-09-01T12:00:00Z", "2024-09-01T12:00:00+00:00"),
        ("2024-09-01T12:00:00.123456789Z", "2024-09-01T12:00:00+00:00"),
        ("2024-09-18T15:30:05-04:00", "2024-09-18T19:30:05+00:00"),
        ("2024-06-02T11:20:00+02:00", "2024-06-02T09:20:00+00:00"),
        ("2024-06-02T11:20:00+00:00", "2024-06-02T11:20:00+00:00"),
        ("2023-01-06T17:03:13+14:00", "2023-01-06T03:03:13+00:00"),
    ],
)
def test_seconds_are_cut_and_offsets_applied(given_time, legacy):
    assert legacy_time(given_time) == legacy


@pytest.mark.parametrize("text", ["", "yesterday", "2024-09-01", "2024-09-01T12:00:00", "2024-09-01 12:00:00Z"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match="RFC 3339"):
        legacy_time(text)


_ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(1971, 1, 2), datetime(2100, 1, 1), timezones=_ZONES))
def test_any_offset_means_the_same_instant(when):
    text = when.isoformat(timespec="microseconds")
    assert legacy_time(text) == when.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def outcome(text):
    try:
        return legacy_time(text)
    except ValueError as error:
        return str(error)


_YEARS = st.sampled_from(["2024", "0001", "12024", "024", "\uff12\uff10\uff12\uff14"])
_FRACTIONS = st.sampled_from(["", ".5", ".123456789", ".", ".x"])
_ENDS = st.sampled_from(["Z", "Z\n", "z", "", "+00:00", "+02:30", "-00:00"])


@given(st.builds("{}-09-01T12:00:{}{}{}".format, _YEARS, st.sampled_from(["00", "5", "99"]), _FRACTIONS, _ENDS))
def test_the_short_way_of_usual_times_leads_where_the_long_one_does(text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dates, "_USUAL", lambda text: None)
        told = outcome(text)
    assert outcome(text) == told
