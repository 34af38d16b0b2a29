"""When endpoints end: dates, windows and exemptions as they are written, and who has the say."""

from datetime import datetime, timezone

import pytest

from shim.config import parse
from shim.lifecycle import NEVER, Lifecycle, exemptions, moment, windows
from shim.services import discover
from shim.services.backend import Backend
from shim.settings import ConfigError
from shim.upstream import Local


def at(*parts):
    return datetime(*parts, tzinfo=timezone.utc)


def test_dates_and_times_are_in_utc():
    assert moment("2027-03-01") == at(2027, 3, 1)
    assert moment("2027-03-01T12:30Z") == at(2027, 3, 1, 12, 30)
    assert moment("none") == NEVER


@pytest.mark.parametrize("text", ["", "soon", "2027-13-01", "2027-03-01T12:30", "2027-03-01T25:00Z", "20270301"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match="is no date in UTC"):
        moment(text)


def test_windows_come_in_the_order_of_time_and_read_as_written():
    found = windows("2027-02-10T12:00Z/1d2h5m, 2027-01-10T12:00Z/12h")
    assert [str(window) for window in found] == ["2027-01-10T12:00Z/12h", "2027-02-10T12:00Z/1d2h5m"]
    assert at(2027, 1, 10, 12) in found[0]
    assert at(2027, 1, 11) not in found[0]
    assert windows("none") == ()


@pytest.mark.parametrize(
    "text", ["2027-01-10", "2027-01-10/", "2027-01-10/0h", "2027-01-10/32d", "none/1h", "x/1h", "9999-12-30/31d"]
)
def test_what_is_no_window_is_refused(text):
    with pytest.raises(ValueError, match=r"is no|has no"):
        windows(text)


def test_too_many_windows_are_refused():
    with pytest.raises(ValueError, match="more than"):
        windows(",".join(["2027-01-10/1h"] * 201))


def test_exemptions_have_an_end():
    assert [(e.name, e.until) for e in exemptions("~alice until 2027-01-31,")] == [("alice", at(2027, 1, 31))]
    for endless in ("alice", "alice until none", "alice until "):
        with pytest.raises(ValueError, match=r"no name with an end|no date"):
            exemptions(endless)


INI = """
[git.sr.ht]
origin=https://git.example.org
[shim]
sunset=2027-06-30
note=everybody
[git.sr.ht::shim]
sunset=2027-05-31
[git.sr.ht::get-repos]
sunset=2027-04-30
deprecated=none
[todo.sr.ht]
origin=https://todo.example.org
"""


def outcome(service, slug, ini=INI):
    config = parse(ini, "x")
    backend = next(Backend.build(s, config, Local()) for s in discover() if s.name == service)
    return backend.lifecycle(next(endpoint for endpoint in backend.service if endpoint.slug == slug))


def test_the_more_particular_has_the_say():
    assert outcome("git", "get-repos").sunset == at(2027, 4, 30)
    assert outcome("git", "get-user").sunset == at(2027, 5, 31)
    assert outcome("todo", "get-user").sunset == at(2027, 6, 30)
    assert outcome("git", "get-repos").note == "everybody"


def test_operators_take_back_what_code_says():
    assert outcome("git", "get-user").deprecated == at(2025, 10, 27)
    assert outcome("git", "get-repos").deprecated is None


def test_what_an_endpoint_says_goes_before_its_service():
    own = Lifecycle.of({"sunset": "2027-01-01"}).over(Lifecycle.of({"sunset": "2028-01-01", "note": "both"}))
    assert (own.sunset, own.note) == (at(2027, 1, 1), "both")


def test_slugs_are_unique_and_readable():
    for service in discover():
        slugs = [endpoint.slug for endpoint in service]
        assert len(slugs) == len(set(slugs)), service.name
    git = next(service for service in discover() if service.name == "git")
    assert {e.slug: e.name for e in git}["get-repos-r-refs"] == "GET /api/repos/<r>/refs"


def test_endpoints_and_keys_that_are_not_there_are_told():
    config = parse(INI + "[git.sr.ht::get-repo]\nsunst=1\n[git.sr.ht::api]\nanything=1\n", "x")
    assert config.unknown == (
        "x: [git.sr.ht::get-repo]: there is no such endpoint; is get-repos meant?",
        "x: [git.sr.ht::get-repo] sunst: there is no such setting; is sunset meant?",
    )


def test_a_bad_date_says_where_it_stands():
    with pytest.raises(ConfigError, match=r"\[git.sr.ht::get-repos\] sunset: 'x' is no date.*Example: sunset ="):
        parse("[git.sr.ht]\norigin=http://a\n[git.sr.ht::get-repos]\nsunset=x\n", "x")
