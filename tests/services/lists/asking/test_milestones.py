"""Servers between the eras: what they can is asked, not assumed (lists 1)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shim.services.lists.asking.milestones import Milestones
from shim.upstream import FieldError, Kind, Result
from tests.kit import Asker

FIELDS = {
    "september 2024": (("id", "envelope"), ("email", "message"), ("id",)),
    "january 2025": (("id", "envelope"), ("email", "message"), ("id", "message")),
    "june 2025": (("id", "envelope"), ("email", "message"), ("id", "message", "lastActivity")),
    "late october 2025": (("id", "envelope"), ("email",), ("id", "message", "lastActivity")),
    "may 2026": (("id", "rawMessage"), ("email",), ("id", "message", "lastActivity")),
}
KNOWN = {
    "september 2024": Milestones("2024", "2024", "2024"),
    "january 2025": Milestones("2024", "2024", "2024"),
    "june 2025": Milestones("2024", "2024", "2026"),
    "late october 2025": Milestones("2024", "2026", "2026"),
    "may 2026": Milestones("2026", "2026", "2026"),
}


def shown(when: str) -> dict[str, Any]:
    """What introspection shows of a server."""
    names = dict(zip(("email", "query", "list"), FIELDS[when], strict=True))
    return {place: {"fields": [{"name": name} for name in fields]} for place, fields in names.items()}


@pytest.mark.parametrize("when", FIELDS)
def test_a_server_is_known_by_its_fields(when: str) -> None:
    assert Milestones.read(Result(shown(when))) == KNOWN[when]


def test_what_is_not_understood_is_of_a_kind_of_its_own() -> None:
    assert FieldError("Cannot query field", code="GRAPHQL_VALIDATION_FAILED").kind is Kind.UNSUITABLE


def test_what_is_not_told_is_taken_from_the_era_and_asked_again(script: Any) -> None:
    refused = {"errors": [{"message": "introspection disabled"}], "data": {"email": None, "query": None, "list": None}}
    found: dict[str, Any] = {"data": {"me": {"name": "jdoe"}, "owner": {"name": "jdoe", "list": None}}}
    script.steps = [{"data": {"__type": {"fields": [{"name": "buildVersion"}]}}}, refused, found, refused, found]
    lists = Asker("lists", script.origin, {("shim", "era"): "auto"})
    for _ in range(2):
        assert lists.open("GET", "/api/lists/l", "jdoe").status_code == 404
    sent = [(request["operationName"], "lastActivity" in request["query"]) for request in script.asked]
    assert [name for name, _ in sent] == ["Era", "Milestones", "List", "Milestones", "List"]
    assert [later for name, later in sent if name == "List"] == [True, True]


@pytest.mark.parametrize("when", FIELDS)
def test_a_list_is_asked_for_as_the_server_can_tell(script: Any, when: str) -> None:
    owner = {"canonical_name": "~jdoe", "name": "jdoe"}
    row = {"id": 1, "name": "l", "owner": owner, "visibility": "PUBLIC", "description": None}
    row |= {"created": "2024-01-01T00:00:00Z", "updated": "2024-01-02T00:00:00Z"}
    row |= {"permissions": dict.fromkeys(("browse", "reply", "post", "moderate"), True), "default": {"browse": True}}
    row |= {"access": {"browse": True}}
    later = KNOWN[when].activity == "2026"
    told = {**row, "last_activity": "2024-03-01T00:00:00Z"} if later else row
    script.steps = [
        {"data": {"__type": {"fields": [{"name": "major"}]}}},
        {"data": shown(when)},
        {"data": {"me": {"name": "jdoe"}, "owner": {"name": "jdoe", "list": told}}},
    ]
    lists = Asker("lists", script.origin, {("shim", "era"): "auto"})
    for _ in range(2):
        found = json.loads(lists.open("GET", "/api/lists/l", "jdoe").data)
        assert found["updated"] == ("2024-03-01T00:00:00+00:00" if later else "2024-01-02T00:00:00+00:00")
    assert [request["operationName"] for request in script.asked] == ["Era", "Milestones", "List", "List"]
    assert all(("lastActivity" in request["query"]) is later for request in script.asked[2:])
