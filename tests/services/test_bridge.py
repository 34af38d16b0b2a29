"""The record that stands in the receiver's answers to upstream."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.services.bridge import LARGEST, UNANSWERED, Named, Record, Unconnected
from shim.services.subscription import Subscription

RECORDS = st.builds(
    Record, status=st.integers(-2, 599), headers=st.none() | st.text(), text=st.none() | st.text(), sent=st.text()
)


@given(RECORDS)
def test_what_was_written_is_read(record):
    assert Record.read(record.write().decode()) == record


@given(st.sampled_from(["x", "\u00fc", '"', "\0", "\U0001f98e"]), st.integers(LARGEST // 6 - 300, LARGEST + 10))
def test_a_long_text_is_cut_to_what_upstream_keeps(character, length):
    record = Record(200, "A: b", character * length, "C: d")
    written = record.write()
    read = Record.read(written.decode())
    assert len(written) <= LARGEST
    assert record.text.startswith(read.text)
    assert read.text == record.text or len(written) > LARGEST - 8


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "Thanks",
        "[]",
        '{"shim": 1}',
        '{"shim": 2, "target_status": 200}',
        '{"shim":1,"target_status":',
        "[" * 9999,
    ],
)
def test_another_answer_is_no_record(text):
    assert Record.read(text) is None


def test_nothing_is_delivered_where_nothing_delivers():
    named = Named(1, Subscription("git", "user", "", "http://a.example/", (), "", "", 0))
    bridge = Unconnected()
    bridge.met(named, [])
    bridge.ended(named)
    assert bridge.send(named, "repo:create", "u", b"") == Record(UNANSWERED)
    assert bridge.later(named, ["u"]) == {}
