"""The schedule and its calendar, read again by the library."""

from datetime import date, datetime, timezone

import icalendar

from shim.lifecycle import moment
from shim.sunset.calendar import calendar
from shim.sunset.schedule import Kind, events, upcoming
from tests.sunset.kit import backends

TEXT = """
[shim]
origin = https://shim.example.org
[git.sr.ht::shim]
brownouts = 2027-01-10T12:00Z/2h, 2027-02-10T12:00Z/1d
sunset = 2027-06-30
note = Commas, semicolons; backslashes \\ and a very long line: näh %s
[git.sr.ht::get-repos]
sunset = 2027-05-31T12:30Z
removal = 2027-12-31
owner = ~admin
[todo.sr.ht::get-trackers]
brownouts = 2027-01-10T12:00Z/2h
rehearsal = yes
""" % ("ö" * 100)


def declared(text=TEXT):
    return backends(text).values()


def parsed(text=TEXT):
    return list(icalendar.Calendar.from_ical(calendar(declared(text))).walk("VEVENT"))


def test_what_happens_to_a_whole_service_is_one_event():
    told = [(e.kind.value, e.scope if e.whole else len(e.endpoints), e.begin.date()) for e in events(declared())]
    rest = len(list(backends()["git"].service)) - 1
    assert told == [
        ("brownout", "git.sr.ht", date(2027, 1, 10)),
        ("brownout", 1, date(2027, 1, 10)),
        ("brownout", "git.sr.ht", date(2027, 2, 10)),
        ("sunset", 1, date(2027, 5, 31)),
        ("sunset", rest, date(2027, 6, 30)),
        ("removal", 1, date(2027, 12, 31)),
    ]


def test_events_name_their_endpoints():
    (rehearsed,) = [event for event in events(declared()) if event.rehearsal]
    assert (rehearsed.scope, rehearsed.kind) == ("todo.sr.ht: GET /api/trackers", Kind.BROWNOUT)


def test_what_is_over_is_not_upcoming_but_what_is_under_way_is():
    def begins(now, until=None):
        return [f"{e.begin:%m-%d}" for e in upcoming(declared(), moment(now), until)]

    assert begins("2027-01-10T13:59Z", moment("2027-02-11")) == ["01-10", "01-10", "02-10"]
    assert begins("2027-01-10T14:00Z", moment("2027-02-11")) == ["02-10"]
    assert begins("2027-06-30") == ["12-31"]
    assert begins("2028-01-01") == []


def test_an_endpoint_that_is_removed_before_its_sunset_has_none():
    found = events(declared("[todo.sr.ht::shim]\nsunset = 2027-06-30\nremoval = 2027-05-31\n"))
    assert [event.kind for event in found] == [Kind.REMOVAL]


def test_the_calendar_is_what_was_declared():
    first, rehearsed, _, early, late, removed = parsed()
    assert first.decoded("dtstart") == datetime(2027, 1, 10, 12, tzinfo=timezone.utc)
    assert first.decoded("dtend") == datetime(2027, 1, 10, 14, tzinfo=timezone.utc)
    assert str(first["summary"]) == "git.sr.ht: legacy API switched off for a while"
    assert "rehearsal" in rehearsed["summary"]
    assert early.decoded("dtstart") == datetime(2027, 5, 31, 12, 30, tzinfo=timezone.utc)
    assert early["url"] == "https://shim.example.org/migrate/git/get-repos"
    assert early["description"].endswith("Ask ~admin.")
    assert [event.decoded("dtstart") for event in (late, removed)] == [date(2027, 6, 30), date(2027, 12, 31)]
    assert late["summary"].startswith("git.sr.ht, ")


def test_addresses_are_whole_where_the_shim_does_not_know_its_own():
    (event,) = parsed("[git.sr.ht::get-repos]\nsunset = 2027-01-01\n")
    assert event["url"] == "https://git.example.org/migrate/git/get-repos"
    assert f"GET /api/repos: {event['url']}\n" in event["description"]


def test_texts_come_back_as_they_were():
    note = f"Commas, semicolons; backslashes \\ and a very long line: näh {'ö' * 100}"
    assert note in str(parsed()[0]["description"])


def test_lines_are_folded_and_end_as_they_must():
    lines = calendar(declared()).split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line for line in lines)
    assert (lines[0], lines[-2:]) == (b"BEGIN:VCALENDAR", [b"END:VCALENDAR", b""])


def test_every_event_has_an_identity_that_stays():
    before, after = parsed(), parsed(f"{TEXT}[todo.sr.ht::post-trackers]\nsunset = 2027-03-01\n")
    uids = [str(event["uid"]) for event in before]
    assert len(set(uids)) == len(uids)
    assert set(uids) < {str(event["uid"]) for event in after}


def test_the_same_declarations_are_the_same_bytes():
    assert calendar(declared()) == calendar(declared())
    assert [event.decoded("dtstamp") for event in parsed()] == [moment("2025-10-27")] * 6
    late = parsed("[shim]\ndeprecated = 2028-01-01\nsunset = 2027-01-01\n")
    assert [event.decoded("dtstamp") for event in late] == [moment("2027-01-01")] * 2


def test_nothing_declared_is_an_empty_calendar():
    assert parsed("") == []
