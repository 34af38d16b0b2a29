"""POST ticket: texts that are none (todo 2.4)."""

from __future__ import annotations

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
