"""CSV that is safe to open."""

from __future__ import annotations

import csv
import io

import pytest

from shim.usage.sheet import sheet


def cells(*row):
    """The cells of a row after it was written and read."""
    _, read = csv.reader(io.StringIO(sheet(["a"], [row]), newline=""))
    return read


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_text_that_begins_like_a_formula_is_quoted(begin):
    assert cells(f"{begin}1") == [f"'{begin}1"]
    assert cells([f"{begin}1", "b"]) == [f"'{begin}1, b"]


def test_numbers_and_other_texts_stay_what_they_are():
    assert cells(-1, "a=1", None, 'x,"y"\r\nz', []) == ["-1", "a=1", "", 'x,"y"\r\nz', ""]


def test_lines_end_as_asked():
    assert sheet(["a", "b"], [(1, 2)]) == '"a","b"\r\n1,2\r\n'
    assert sheet(["a", "b"], [(1, 2)], "\n") == '"a","b"\n1,2\n'
