"""How times, sizes and names are written."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from shim.pages import words

NOW = datetime(2027, 1, 15, 23, 30, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("days", "told"),
    [(0, "today"), (1, "tomorrow"), (-1, "yesterday"), (2, "in 2 days"), (-2, "2 days ago"), (1234, "in 1,234 days")],
)
def test_how_far_away_a_day_is(days, told):
    assert words.away((NOW + timedelta(days=days)).replace(hour=0), NOW) == told


@pytest.mark.parametrize("seconds", [-(10**20), 0, 2**31, 253_402_300_800, 10**20])
def test_any_number_of_seconds_is_a_time(seconds):
    assert words.iso(words.moment(seconds)).endswith("Z")


def test_years_have_four_digits():
    assert words.iso(words.moment(10**20)) == "9999-12-31T23:59:59Z"
    assert words.iso(words.moment(1_800_000_000)) == "2027-01-15T08:00:00Z"
    assert words.minute(words.moment(1_800_000_000)) == "15 Jan 2027, 08:00"


@pytest.mark.parametrize(
    ("name", "told"),
    [("", "not known"), ("(other)", "others, beyond the cap"), ("hash:ab", "hash:ab"), ("ann", "~ann")],
)
def test_callers(name, told):
    assert words.caller(name) == told
    assert words.is_known(name) is (told in ("~ann", "hash:ab"))


def test_texts_are_escaped_whatever_is_marked_in_them():
    assert words.marked("a `<b>` & `c`") == "a <code>&lt;b&gt;</code> &amp; <code>c</code>"
    assert words.slashed("/api/<r>/x") == "/<wbr>api/<wbr>&lt;r&gt;/<wbr>x"


def test_numbers():
    assert (words.many(1, "call"), words.many(0, "call"), words.many(1234, "call")) == (
        "1 call",
        "0 calls",
        "1,234 calls",
    )
