"""Addresses as Go splits them."""

from __future__ import annotations

import pytest

from shim.sandbox.engine import gourl
from shim.sandbox.engine.errors import FieldError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://ci.example.org/h?x=1&\u00fc", ("https", "ci.example.org", "/h")),
        ("HTTP://u:p@[::1]:80/a#b", ("http", "[::1]:80", "/a")),
        ("file:///etc", ("file", "", "/etc")),
        ("/x", ("", "", "/x")),
        ("notaurl", ("", "", "notaurl")),
        ("mailto:a@example.org", ("mailto", "", "a@example.org")),
        ("", ("", "", "")),
    ],
)
def test_parts(text: str, address: tuple[str, str, str]) -> None:
    assert gourl.parse(text) == address


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("http://[::1", "missing ']' in host"),
        (":x", "missing protocol scheme"),
        ("1a:b", "first path segment in URL cannot contain colon"),
        ("http://a/%zz", 'invalid URL escape "%zz"'),
        ("http://a:b/", 'invalid port ":b" after host'),
        ("http://a b/", 'invalid character " " in host name'),
        ("http://a/\n", "net/url: invalid control character in URL"),
    ],
)
def test_faults(text: str, fault: str) -> None:
    with pytest.raises(FieldError) as caught:
        gourl.parse(text)
    assert caught.value.message == f'parse "{text}": {fault}'
