"""What names and beginnings of ids stand for (git 4.3, F6)."""

from __future__ import annotations

import pytest

from shim.services.git.known import Known
from shim.services.git.revspec import parse

REFERENCES = {
    "HEAD": "refs/heads/main",
    "refs/heads/main": "aaaa1",
    "refs/heads/cafe": "bbbb1",
    "refs/tags/cafe": "cccc1",
    "refs/heads/loop": "refs/heads/gone",
}


def known(*ids, further=()):
    return Known(REFERENCES, ids, iter(further))


@pytest.mark.parametrize(
    ("text", "oid"),
    [("HEAD", "aaaa1"), ("@", "aaaa1"), ("cafe", "cccc1"), ("heads/cafe", "bbbb1"), ("loop", None), ("nope", None)],
)
def test_names_are_tried_in_order_and_symbolic_ones_followed(text, oid):
    assert known().find(parse(text)) == oid


@pytest.mark.parametrize(
    ("text", "oid"),
    [("dead", "deadbeef"), ("DEADBE", "deadbeef"), ("v1-2-gdead", "deadbeef"), ("dea", None), ("f00", None)],
)
def test_the_beginning_of_an_id_is_one_from_four_digits_on(text, oid):
    assert known("deadbeef").find(parse(text)) == oid


def test_an_ambiguous_beginning_is_nobodys():
    assert known("deadbeef", "dead1234").find(parse("dead")) is None


def test_further_pages_are_read_until_an_id_fits_and_not_beyond():
    read = []

    def pages():
        for page in (["1111"], ["deadbeef"], ["2222"]):
            read.append(page)
            yield page

    assert Known({}, [], pages()).find(parse("dead")) == "deadbeef"
    assert read == [["1111"], ["deadbeef"]]
