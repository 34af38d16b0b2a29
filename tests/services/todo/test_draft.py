"""POST ticket: texts that are none (todo 2.4)."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from tests.kit import Asker

TICKETS = "/api/trackers/widgets/tickets"
NO_TEXT = [{"reason": "cannot use bool as String"}]


@pytest.mark.parametrize("body", [{"title": False}, {"title": "valid", "description": False}])
def test_false_is_no_text_and_has_no_length(todo: Asker, body: dict[str, Any]) -> None:
    refused = todo.open("POST", TICKETS, "jdoe", json=body)
    assert (refused.status_code, refused.json["errors"]) == (400, NO_TEXT)


def test_nought_is_a_description(todo: Asker) -> None:
    made = todo.open("POST", TICKETS, "jdoe", json={"title": "valid", "description": 0})
    assert (made.status_code, made.json["description"]) == (201, "0")


@pytest.mark.parametrize("body", [{"title": 5}, {"title": True}, {"title": "valid", "description": True}])
def test_what_has_no_length_crashed(todo: Asker, body: dict[str, Any]) -> None:
    assert todo.open("POST", TICKETS, "jdoe", json=body).status_code == 500


def test_a_file_is_measured_and_is_no_text(todo: Asker) -> None:
    for content, status in ((b"ab", 400), (b"abc", 500)):
        answer = todo.open("POST", TICKETS, "jdoe", data={"title": (BytesIO(content), "t.txt")})
        assert answer.status_code == status
    refused = todo.open("PUT", f"{TICKETS}/1", "jdoe", data={"status": (BytesIO(b"resolved"), "s.txt")})
    assert [error["reason"] for error in refused.json["errors"]] == [
        "status should be an str",
        "resolution is required",
    ]


@pytest.mark.parametrize("field", ["external_id", "created"])
def test_a_file_as_an_origin_crashed(todo: Asker, field: str) -> None:
    data = {"title": "valid", field: (BytesIO(b"a:b"), "f"), "external_url": "https://x.example"}
    assert todo.open("POST", TICKETS, "jdoe", data=data).status_code == 500
