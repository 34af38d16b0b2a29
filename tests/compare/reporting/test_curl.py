from __future__ import annotations

import shlex

from shim.compare.cassettes.exchange import Request
from shim.compare.reporting.curl import command


def test_method_headers_and_body_are_quoted() -> None:
    request = Request("PUT", "http://h/", (("Content-Type", "text/html"), ("Authorization", "token a'b")), b"it's\nso")
    words = shlex.split(command(request, "http://h/a?b=[c]"))
    assert words == [
        *("curl", "-sS", "-i", "-X", "PUT", "-H", "Content-Type: text/html", "-H", "Authorization: token a'b"),
        *("--data-binary", "it's\nso", "--globoff", "--path-as-is", "http://h/a?b=[c]"),
    ]


def test_head_and_empty_headers() -> None:
    words = shlex.split(command(Request("HEAD", "http://h/", (("Authorization", ""),)), "http://h/"))
    assert words[3:6] == ["--head", "-H", "Authorization;"]


def test_a_body_that_is_no_text_is_piped() -> None:
    line = command(Request("POST", "http://h/", (), b"\xff@"), "http://h/")
    assert line.startswith("printf '\\377\\100' | curl ")
    assert "--data-binary @- -H Content-Type: " in line
    assert command(Request("POST", "http://h/", (), b"@file"), "u").startswith("printf ")
