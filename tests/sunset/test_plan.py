"""A plan of brownouts: growing, on working days, announced in time, over before the sunset."""

from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.sunset.plan import MOST_STEPS, NOTICE, REST, Unplannable, propose

NOW = datetime(2026, 11, 29, 9, tzinfo=timezone.utc)
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(timezone.utc))


def test_six_steps_grow_from_minutes_to_a_day():
    windows = propose(NOW, NOW, datetime(2027, 6, 30, tzinfo=timezone.utc), 6)
    assert [str(window) for window in windows] == [
        "2026-12-14T14:00Z/5m",
        "2027-01-21T08:00Z/30m",
        "2027-03-01T17:00Z/2h",
        "2027-04-06T11:00Z/6h",
        "2027-05-17T20:00Z/12h",
        "2027-06-21T06:00Z/1d",
    ]


@given(TIMES, TIMES, st.integers(1, 400), st.integers(1, MOST_STEPS))
def test_every_plan_keeps_its_promises(announced, now, days, steps):
    sunset = now + timedelta(days=days)
    try:
        windows = propose(announced, now, sunset, steps)
    except Unplannable:
        assert sunset - max(announced + NOTICE, now) < REST + timedelta(days=5 + 5 * steps)
        return
    assert len(windows) == steps
    assert windows[0].begin >= max(announced + NOTICE, now)
    assert windows[-1].end <= sunset - REST
    assert all(time.weekday() < 5 for window in windows for time in (window.begin, window.end))
    lengths = [window.end - window.begin for window in windows]
    assert lengths == sorted(set(lengths))
    assert all(one.end < other.begin for one, other in pairwise(windows))
    assert len({window.begin.hour for window in windows}) == steps


def test_too_little_time_says_how_much_is_needed():
    with pytest.raises(Unplannable, match="earliest sunset is 2026-12-23"):
        propose(NOW, NOW, datetime(2026, 12, 10, tzinfo=timezone.utc), 1)
    with pytest.raises(Unplannable, match="8 days are too few for 6 brownouts"):
        propose(NOW, NOW, datetime(2026, 12, 30, tzinfo=timezone.utc), 6)
