"""Triggers of a new group (builds 2.5): what is malformed is refused before anything is asked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.builds.kit import group

MADE = {"data": {"createGroup": group(77, (1, "PENDING"))}}
CALL = {"action": "webhook", "condition": "failure", "url": "https://x.example.org/"}


def asked(builds: Any, *triggers: Any) -> Any:
    """The answer to a group with triggers."""
    return builds.open("POST", "/api/job-group", "alice", json={"jobs": [1], "triggers": list(triggers)})


def test_a_webhook_as_graphql_takes_it(script: Any, builds: Any, play: Any) -> None:
    play(MADE)
    assert asked(builds, {**CALL, "secret": 1}).status_code == 200
    (sent,) = script.asked[0]["variables"]["triggers"]
    assert sent == {"type": "WEBHOOK", "condition": "FAILURE", "email": None, "webhook": {"url": CALL["url"]}}


@pytest.mark.parametrize("trigger", [{"action": "irc", "condition": "always"}, {**CALL, "condition": ""}])
def test_unknown_actions_and_conditions_are_upstreams_to_refuse(
    script: Any, builds: Any, play: Any, trigger: dict[str, Any]
) -> None:
    error = {"message": "IRC is not a valid TriggerType", "path": ["variable", "triggers", 0, "type"]}
    play({"data": None, "errors": [{**error, "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}]})
    answer = asked(builds, trigger)
    assert (answer.status_code, answer.json) == (400, {"errors": [{"reason": "IRC is not a valid TriggerType"}]})
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("trigger", "reason"),
    [
        ("x", "A trigger should be an object"),
        (None, "A trigger should be an object"),
        ({}, "The action of a trigger should be a text"),
        ({**CALL, "action": 5}, "The action of a trigger should be a text"),
        ({"action": "email", "to": "x"}, "The condition of a trigger should be a text"),
        ({**CALL, "condition": None}, "The condition of a trigger should be a text"),
        ({**CALL, "action": "Webhook"}, "The action of a trigger should be email or webhook, in small letters"),
        ({**CALL, "action": "email"}, "A trigger with the action email needs to"),
        ({"action": "webhook", "condition": "always"}, "A trigger with the action webhook needs url"),
    ],
)
def test_malformed_ones_are_refused(script: Any, builds: Any, trigger: Any, reason: str) -> None:
    answer = asked(builds, CALL, trigger)
    assert (answer.status_code, answer.json) == (400, {"errors": [{"field": "triggers", "reason": reason}]})
    assert script.requests == []


def test_every_malformed_one_is_told_of(builds: Any) -> None:
    assert len(asked(builds, "x", CALL, {}).json["errors"]) == 2
