"""Files as a server may send them otherwise than the sandbox does (hg 4.5, 7, gap 5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Script
from tests.kit import Asker

PATH = "/api/repos/loom/raw/a"
AT = ["owner", "repository", "cat"]


def answering(script: Script, content: str | None, *messages: str, **settings: str) -> Any:
    """What the shim makes of an answer to `cat`."""
    errors = {"errors": [{"message": message, "path": AT} for message in messages]} if messages else {}
    script.steps = [{**errors, "data": {"owner": {"repository": {"id": 1, "cat": content}}}}]
    options = {("hg.sr.ht::shim", name.replace("_", "-")): value for name, value in settings.items()}
    return Asker("hg", script.origin, options).open("GET", PATH, "maya")


def test_damaged_text_is_refused_unless_it_is_wanted(script: Script) -> None:
    assert answering(script, "\ufffdPNG").status_code == 501
    answer = answering(script, "\ufffdPNG", damaged_text="yes")
    assert (answer.status_code, answer.data) == (200, "\ufffdPNG".encode())


def test_bytes_that_came_raw_are_served_unharmed(script: Script) -> None:
    text = b'{"data": {"owner": {"repository": {"id": 1, "cat": "\x89PNG \xff"}}}}'
    script.steps = [(200, "application/json", text)]
    answer = Asker("hg", script.origin).open("GET", PATH, "maya")
    assert (answer.status_code, answer.data) == (200, b"\x89PNG \xff")


@pytest.mark.parametrize("message", ["internal system error", "exit status 255", "a: no such file in rev 3f"])
def test_a_missing_file_is_404_whatever_is_said_of_it(script: Script, message: str) -> None:
    answer = answering(script, None, message)
    assert (answer.status_code, answer.json) == (404, {"errors": [{"reason": "404 not found"}]})


def test_a_missing_grant_is_403(script: Script) -> None:
    answer = answering(script, None, "Access denied, missing REVISIONS:RO grant")
    assert answer.status_code == 403
    assert answer.json["errors"][0]["reason"].endswith("(needs 4123456789abcdef/data:read)")
