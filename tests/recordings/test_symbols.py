from __future__ import annotations

import re
import string
import uuid
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.recordings.symbols import Names, abstract, holds, is_page, matches, substitute

NOW = datetime(2026, 11, 25, 12, 0, 0, tzinfo=timezone.utc)
LEGACY = "%Y-%m-%dT%H:%M:%S+00:00"
RFC3339 = "%Y-%m-%dT%H:%M:%SZ"
_SYMBOL = re.compile(r"\{[a-z]+")
WORDS = st.text(string.ascii_letters + ' {}:/"\\', max_size=12).filter(lambda text: not _SYMBOL.search(text))


def names() -> Names:
    return Names(clock=NOW.timestamp)


@given(st.text())
def test_a_text_without_symbols_matches_itself_alone(text: str) -> None:
    assert matches(text, text, names())
    assert not matches(text, text + "x", names())


@given(WORDS, WORDS, st.uuids())
def test_a_symbol_stands_for_one_value_of_its_form(before: str, after: str, value: uuid.UUID) -> None:
    known = names()
    recorded = f"{before}{{uuid:1}}{after}"
    assert matches(recorded, f"{before}{value}{after}", known)
    assert substitute(recorded, known) == substitute(before, known) + str(value) + substitute(after, known)
    assert not matches(recorded, f"{before}{uuid.uuid5(value, 'other')}{after}", known)
    assert not matches(recorded, f"{before}{str(value)[:-1]}{after}", names())


@given(st.integers(-86_000, 200))
def test_a_time_of_today_matches_in_both_forms(seconds: int) -> None:
    moment = NOW + timedelta(seconds=seconds)
    assert matches("{now}", moment.strftime(LEGACY), names())
    assert matches("{now}", moment.strftime(RFC3339), names())
    assert matches("{now:legacy}", moment.strftime(LEGACY), names())
    assert not matches("{now:legacy}", moment.strftime(RFC3339), names())
    assert not matches("{now:rfc3339}", moment.strftime(LEGACY), names())


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T11:59:59+00:00",
        "2026-11-25T12:05:01+00:00",
        "2026-11-25T12:00:00",
        "2026-11-25T12:00:00.000Z",
        "2026-11-25T12:00:00.1234567890Z",
        "2026-11-31T12:00:00Z",
        "2026-11-25T12:00:00+01:00",
        "2026-11-25 12:00:00+00:00",
    ],
)
def test_other_times_do_not(text: str) -> None:
    assert not matches("{now}", text, names())


def test_fractions_are_written_without_trailing_zeros() -> None:
    assert matches("{now:rfc3339}", "2026-11-25T12:00:00.123456Z", names())
    assert matches("{now:rfc3339}", "2026-11-25T11:59:59.1Z", names())


def test_a_time_in_a_header_is_written_otherwise() -> None:
    assert matches("Date: {now:http}", "Date: Wed, 25 Nov 2026 11:59:00 GMT", names())
    assert not matches("Date: {now:http}", "Date: Mon, 23 Nov 2026 12:00:00 GMT", names())
    assert not matches("Date: {now:http}", "Date: Wed, 99 Nov 2026 12:00:00 GMT", names())
    assert not matches("Date: {now}", "Date: Wed, 25 Nov 2026 11:59:00 GMT", names())


def test_an_offset_moves_the_time() -> None:
    assert matches("{now+365d}", "2027-11-25T12:00:00+00:00", names())
    assert not matches("{now+365d}", "2026-11-25T12:00:00+00:00", names())


def test_spellings_of_one_uuid_are_one_value() -> None:
    known, value = names(), uuid.uuid4()
    assert matches("{uuid:1}", str(value), known)
    assert matches("{UUID:1} {uuidhex:1}", f"{str(value).upper()} {value.hex}", known)
    assert substitute("{UUID:1}/{uuidhex:1}", known) == f"{str(value).upper()}/{value.hex}"
    assert not matches("{UUID:1}", str(uuid.uuid4()).upper(), known)


@pytest.mark.parametrize(
    ("recorded", "answered"),
    [
        ("{nonce}", "0011223344556677"),
        ("{delivery}", "4f6f1c0e-8f5a-4d2b-9c3e-0a1b2c3d4e5f"),
        ("{signature}", "7crIunIbd9F5ZZY2YX940yrPz6ZDThI19WgbVD+ZH5fBy67LVCTNidJVyNWsG57B2iNbNDukRfF0OiddJOwaAg=="),
        ("{date}", "Wed, 25 Nov 2026 12:00:00 GMT"),
        ("stat {repos}/~ann/x: {repos}/~ann/y", "stat /var/lib/git/~ann/x: /var/lib/git/~ann/y"),
        ("{seconds}", "31535999"),
        ("lookup h.example.org on {dns}: no such host", "lookup h.example.org on 127.0.0.53:53: no such host"),
    ],
)
def test_forms(recorded: str, answered: str) -> None:
    assert matches(recorded, answered, names())
    assert not matches(recorded, answered[:-1] + "!", names())


def test_the_directory_of_repositories_is_one() -> None:
    assert not matches("{repos}/a {repos}/b", "/x/a /y/b", names())


def test_braces_that_are_no_symbol_are_verbatim() -> None:
    assert matches("{x} {c08941c3-da30} {a*}", "{x} {c08941c3-da30} {a*}", names())
    assert not matches("{x}", "y", names())
    assert matches("{now}", "{now}", names())


def test_unknown_values_are_left_in_requests_but_uuids_are_well_formed() -> None:
    sent = substitute("/{uuid:7}/{token:1}", names())
    assert sent.endswith("/{token:1}")
    assert uuid.UUID(sent.split("/")[1]).version == 5


def test_a_symbol_without_number_is_the_latest() -> None:
    known = names()
    assert matches("{access-token}", "a" * 40, known)
    assert matches("{access-token}", "b" * 40, known)
    assert substitute("token={access-token}", known) == f"token={'b' * 40}"


def test_ids_are_renamed_one_to_one() -> None:
    known = names()
    assert known.rename("webhook", "58", "34")
    assert known.rename("webhook", "58", "34")
    assert not known.rename("webhook", "58", "35")
    assert not known.rename("webhook", "59", "34")
    assert known.rename("other", "59", "34")


def test_a_trial_is_kept_only_when_adopted() -> None:
    known = names()
    trial = known.trial()
    assert matches("{token:1}", "0" * 32, trial)
    assert substitute("{token:1}", known) == "{token:1}"
    known.adopt(trial)
    assert substitute("{token:1}", known) == "0" * 32


def test_an_answer_is_abstracted_to_a_recording() -> None:
    text = f'{{"id": "{uuid.uuid4()}", "at": "2026-11-25T11:00:00Z", "was": "2020-01-01T00:00:00+00:00"}}'
    recorded = abstract(text, NOW.timestamp)
    assert recorded == '{"id": "{uuid}", "at": "{now:rfc3339}", "was": "2020-01-01T00:00:00+00:00"}'
    assert matches(recorded, text, names())


def test_pages_and_symbols_are_recognised() -> None:
    assert is_page("{site error page}")
    assert is_page("{site page}")
    assert not is_page("a {site page}")
    assert holds("x {now+1d}", "now")
    assert not holds("{now}", "uuid")
