"""JSON as Go writes and reads it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.sandbox.engine import gojson

values = st.recursive(
    st.none() | st.booleans() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, True, None]}, b'{"a":[1,true,null]}'),
        ("<b>&\u2028", b'"\\u003cb\\u003e\\u0026\\u2028"'),
        ("\b\f\n\\b", b'"\\u0008\\u000c\\n\\\\b"'),
        ("caf\udce9 \u00e9", b'"caf\xe9 \xc3\xa9"'),
        (datetime(2024, 1, 2, 3, 4, 5, 60, timezone.utc), b'"2024-01-02T03:04:05.00006Z"'),
        (
            datetime(2024, 1, 2, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
            b'"2024-01-02T00:00:00-03:30"',
        ),
    ],
)
def test_encode(value: object, text: bytes) -> None:
    assert gojson.encode(value) == text


@given(values)
def test_what_is_written_reads_back(value: object) -> None:
    assert gojson.decode(gojson.encode(value)) == value


def test_numbers_stay_text() -> None:
    value = gojson.decode(b'[1, 1.50, 99999999999999999999, "1"]')
    assert [type(item) for item in value] == [gojson.Number] * 3 + [str]
    assert value[1] == "1.50"
    assert gojson.kind(value[0]) == "string"


def test_the_first_value_counts() -> None:
    assert gojson.decode(b' {"a": "\\ud800"} and more') == {"a": "\ufffd"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "EOF"),
        (b"{", "unexpected EOF"),
        (b'{"query": "', "unexpected EOF"),
        (b"nul", "unexpected EOF"),
        (b"nonsense", "invalid character 'o' in literal null (expecting 'u')"),
        (b"{]", "invalid character ']' looking for beginning of object key string"),
        (b'{"a" 1}', "invalid character '1' after object key"),
        (b'{"a":}', "invalid character '}' looking for beginning of value"),
        (b'["\n"]', "invalid character '\\n' in string literal"),
        (b"[" * 100_000, "exceeded max depth"),
    ],
)
def test_refusals_are_gos(body: bytes, message: str) -> None:
    with pytest.raises(gojson.DecodeError) as caught:
        gojson.decode(body)
    assert str(caught.value) == message
