"""JSON as either side of the old services wrote it."""

import pytest

from shim.rest.json import compact, dumps

TEXTS = [
    ("ü ☂ \U0001f41b", '"ü ☂ \U0001f41b"', r'"\u00fc \u2602 \ud83d\udc1b"'),
    ("<b>&", r'"\u003cb\u003e\u0026"', '"<b>&"'),
    ("a\u2028b\u2029", r'"a\u2028b\u2029"', r'"a\u2028b\u2029"'),
    ('q " \\ /', r'"q \" \\ /"', r'"q \" \\ /"'),
    ("\r\n\t\b\f\0\x1f\x7f", '"\\r\\n\\t\\u0008\\u000c\\u0000\\u001f\x7f"', '"\\r\\n\\t\\b\\f\\u0000\\u001f\\u007f"'),
    ("\\b \\\\f \\u0008", r'"\\b \\\\f \\u0008"', r'"\\b \\\\f \\u0008"'),
]


@pytest.mark.parametrize(("text", "go", "python"), TEXTS)
def test_a_text_by_either_side(text, go, python):
    assert (compact(text), dumps(text)) == (go, python)


def test_go_wrote_no_blanks_and_kept_the_order_of_keys():
    assert compact({"b": [1, None, True, 2.5], "a": {"ü": {}}}) == '{"b":[1,null,true,2.5],"a":{"ü":{}}}'


def test_bytes_that_are_no_utf_8_are_told_one_by_one():
    text = b"caf\xe9 \xed\xa0\x80".decode("utf-8", "surrogateescape")
    assert compact(text) == r'"caf\ufffd \ufffd\ufffd\ufffd"'
    assert compact("\ud800").encode() == rb'"\ufffd"'
