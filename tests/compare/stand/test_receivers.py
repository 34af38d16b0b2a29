"""The receivers that a cassette's deliveries show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from shim.compare.cassettes.cassette import load
from shim.compare.stand.receivers import NOBODY, Receivers
from shim.webhooks.sending.outcome import Outcome
from tests.compare.kit import interaction, write_cassette

OK = "http://receiver.example.org/ok"


def delivery(url: str = OK, **told: Any) -> dict[str, Any]:
    given = {"response": "Thanks", "response_status": 200, "response_headers": "A: b\r\nServer: x\r\n", **told}
    return {"id": "{uuid:1}", "url": url, "payload": "{}", "payload_headers": "A: b", **given}


def said(tmp_path: Path, *bodies: Any, url: str = OK) -> Outcome:
    recorded = [interaction("/", body if isinstance(body, str) else json.dumps(body)) for body in bodies]
    cassette = load(write_cassette(tmp_path, "git/rest/webhooks/x.yaml", recorded))
    return Receivers(cassette).post(requests.Request("POST", url, data=b"x").prepare(), 5.0)


def test_a_target_answers_as_it_did(tmp_path: Path) -> None:
    found = said(tmp_path, "no JSON", [1], {"results": [1, {"id": 5}, delivery()]})
    assert found == Outcome(200, (("A", "b"), ("Server", "x")), b"Thanks")


def test_headers_that_stand_in_the_targets_own_order_count(tmp_path: Path) -> None:
    own = delivery(response_headers="Server: x \nDate: {date}\nA: b")
    for bodies in ([own, delivery()], [delivery(), own]):
        names = [name for name, _ in said(tmp_path, *bodies).headers]
        assert names == ["Server", "Date", "A"]
    headers = dict(said(tmp_path, own).headers)
    assert headers["Server"] == "x "
    assert headers["Date"].endswith(" GMT")


def test_an_answer_counts_before_none(tmp_path: Path) -> None:
    nothing = delivery(response=None, response_status=-2, response_headers=None)
    assert said(tmp_path, delivery(), nothing).status == 200
    assert said(tmp_path, nothing) == NOBODY


def test_a_target_that_was_too_slow_is(tmp_path: Path) -> None:
    late = delivery(response="Request timed out after 5 seconds.", response_status=-1, response_headers=None)
    assert said(tmp_path, late) == Outcome(failure="timeout")


@pytest.mark.parametrize("url", ["http://receiver.example.org/", "http://elsewhere.example.org/ok"])
def test_nobody_answers_elsewhere(tmp_path: Path, url: str) -> None:
    assert said(tmp_path, delivery(), url=url) == NOBODY


@pytest.mark.parametrize("length", ["8", "7", "", "x"])
def test_an_answer_that_was_read_as_latin_1_is_what_it_was(tmp_path: Path, length: str) -> None:
    read = delivery(response="ThÃ¤nks\n", response_headers=f"Content-Type: text/plain\nContent-Length: {length}")
    assert said(tmp_path, read).body.decode() == ("Thänks\n" if length == "8" else "ThÃ¤nks\n")
    whole = delivery(response="Thänks\n", response_headers="Content-Length: 8")
    assert said(tmp_path, whole).body.decode() == "Thänks\n"
