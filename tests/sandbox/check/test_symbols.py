"""Symbolic values of recordings."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from shim import crypto
from shim.sandbox.check.symbols import LONG_AGO, Difference, Symbols
from shim.sandbox.engine import times
from shim.sandbox.instance import Instance

NOW = times.now()
UUID = "0b0e8d0a-0000-4000-8000-00000000000a"


@pytest.fixture
def symbols() -> Symbols:
    return Symbols(Instance())


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("{now}", times.rfc3339(NOW)),
        ("{now}", NOW.strftime("%Y-%m-%dT%H:%M:%S+00:00")),
        ("{now+365d}", times.rfc3339(NOW + timedelta(days=365))),
        (
            "Date: {now}\r\nX: {date}",
            f"Date: {format_datetime(NOW, usegmt=True)}\r\nX: Mon, 01 Jan 2024 00:00:00 GMT",
        ),
        ('{"id":"{uuid}","t":"{now}"}', f'{{"id":"{UUID}","t":"{times.rfc3339(NOW)}"}}'),
        ({"uuid": None}, UUID),
        ("{nonce} {signature}", "0011223344556677 " + "A" * 86 + "=="),
        ("{x*5}y", "xxxxxy"),
        ("{a: b} {count: $n}", "{a: b} {count: $n}"),
        ("{repos}/~jdoe/x", "/srv/repos/~jdoe/x"),
        ({"a": [1, None, True]}, {"a": [1, None, True]}),
        ({"errors": [{"message": "b"}, {"message": "a"}]}, {"errors": [{"message": "a"}, {"message": "b"}]}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_equal(symbols: Symbols, expected: Any, got: Any) -> None:
    assert symbols.compare(expected, got) is None


@pytest.mark.parametrize(
    ("expected", "got", "path"),
    [
        ("{now}", "2020-01-01T00:00:00Z", "$"),
        ("{now}", "soon", "$"),
        ("{uuid}", UUID.upper(), "$"),
        ({"a": 1}, {"a": True}, "$.a"),
        ({"a": 1}, {"a": 1, "b": 2}, "$"),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, "$.a[0].b"),
        ({"a": [1]}, {"a": []}, "$.a.length"),
        ("{cursor:1}", "no cursor", "$"),
        ({"a": [2, 1]}, {"a": [1, 2]}, "$.a[0]"),
    ],
)
def test_different(symbols: Symbols, expected: Any, got: Any, path: str) -> None:
    found = symbols.compare(expected, got)
    assert found is not None
    assert found.path == path


def test_a_numbered_symbol_means_one_value(symbols: Symbols) -> None:
    assert symbols.compare(["{uuid:1}", "{uuid:1}"], [UUID, UUID]) is None
    assert symbols.compare("{uuid:1}", UUID.replace("a", "b")) is not None


def test_a_cursor_is_sent_as_it_was_answered(symbols: Symbols) -> None:
    answered = crypto.seal(symbols.instance.network_key, {"count": 25})
    assert symbols.compare({"cursor": "{cursor:7}"}, {"cursor": answered}) is None
    assert symbols.fill({"cursor": "{cursor:7}", "n": [1]}) == {"cursor": answered, "n": [1]}


def test_ids_drawn_by_lot_are_of_one_form_and_stand_for_each_other() -> None:
    symbols = Symbols(Instance(), frozenset({"$.id"}))
    assert symbols.compare({"id": "a1f0"}, {"id": "00ff"}) is None
    assert symbols.compare({"id": "a1f0"}, {"id": "00ff"}) is None
    for recorded, got in (("a1f0", "00fe"), ("a1f1", "00ff"), ("a1f2", "00ff0"), ("a1f3", "00xx")):
        assert symbols.compare({"id": recorded}, {"id": got}) == Difference("$.id", recorded, got)
    assert symbols.compare({"name": "a1f0"}, {"name": "00ff"}) == Difference("$.name", "a1f0", "00ff")


def test_a_forged_cursor_is_made(symbols: Symbols) -> None:
    text = symbols.fill('{forged:{"count":5,"next":"a"}}')
    assert crypto.unseal(symbols.instance.network_key, text) == {"count": 5, "next": "a"}


def test_fillers_and_tokens_are_written_out(symbols: Symbols) -> None:
    assert symbols.fill("{ab}{c*3}") == "{ab}ccc"
    token = symbols.fill("token {oauth2:jdoe/git.sr.ht/PROFILE}").removeprefix("token ")
    assert crypto.BearerToken.verify(token, symbols.instance.private_key).grants == "git.sr.ht/PROFILE"


def test_faulty_bearer_tokens(symbols: Symbols) -> None:
    key = symbols.instance.private_key
    expired = crypto.BearerToken.verify(symbols.fill("{oauth2-expired:jdoe}"), key)
    assert (expired.username, expired.expires) == ("jdoe", LONG_AGO)
    with pytest.raises(crypto.TokenError):
        crypto.BearerToken.verify(symbols.fill("{oauth2-badmac:jdoe}"), key)


@pytest.mark.parametrize(
    ("symbol", "payload"),
    [
        ("{no-client:jdoe}", {"name": "jdoe"}),
        ("{username-only:jdoe}", {"username": "jdoe", "client_id": "shim", "node_id": "shim"}),
    ],
)
def test_faulty_internal_payloads(symbols: Symbols, symbol: str, payload: dict[str, str]) -> None:
    assert crypto.unseal(symbols.instance.network_key, symbols.fill(symbol)) == payload


def test_a_cursor_that_was_in_no_answer_cannot_be_sent(symbols: Symbols) -> None:
    assert symbols.lacking({"cursor": "{cursor:1}"}) == "a cursor that was in no answer compared"
    assert symbols.lacking({"cursor": None, "name": "x"}) is None
    assert symbols.lacking(None) is None
    sealed = crypto.seal(symbols.instance.network_key, {"count": 25, "next": "1", "search": ""})
    assert symbols.compare("{cursor:1}", sealed) is None
    assert symbols.lacking({"cursor": "{cursor:1}"}) is None
