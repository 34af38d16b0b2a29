"""The triggers of a new group, as GraphQL takes them (builds 2.5, 4.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shim.rest.body import Valid

Trigger = Mapping[str, Any]
NO_OBJECT = "A trigger should be an object"
NO_TEXT = "The {name} of a trigger should be a text"
NO_DETAILS = "A trigger with the action {action} needs {needed}"
CAPITALS = "The action of a trigger should be email or webhook, in small letters"


def triggers_of(valid: Valid, triggers: Sequence[Any]) -> list[dict[str, Any]]:
    """The input for each trigger. Raises the 400 over malformed ones, over which the old code crashed.

    Actions and conditions that there are not are sent on, for upstream's words over them are the old ones.
    """
    made = [_made(valid, trigger) for trigger in triggers]
    valid.check()
    return [each for each in made if each is not None]


def _made(valid: Valid, trigger: Any) -> dict[str, Any] | None:
    """The input for one trigger, or None behind a complaint about it."""
    problem = _problem(trigger)
    if problem:
        valid.complain(problem, "triggers")
        return None
    details = {name: make(trigger) if name == trigger["action"] else None for name, (_, make) in _DETAILS.items()}
    return {"type": trigger["action"].upper(), "condition": trigger["condition"].upper(), **details}


def _problem(trigger: Any) -> str:
    """What is wrong with a trigger, empty for nothing."""
    if not isinstance(trigger, Mapping):
        return NO_OBJECT
    wrong = [name for name in ("action", "condition") if not isinstance(trigger.get(name), str)]
    if wrong:
        return NO_TEXT.format(name=wrong[0])
    action = trigger["action"]
    if action not in _DETAILS:
        return CAPITALS if action.lower() in _DETAILS else ""
    needed, _ = _DETAILS[action]
    return "" if needed in trigger else NO_DETAILS.format(action=action, needed=needed)


def _mail(trigger: Trigger) -> dict[str, Any]:
    names = {"to": "to", "cc": "cc", "inReplyTo": "in_reply_to"}
    return {new: trigger.get(old) for new, old in names.items()}


def _call(trigger: Trigger) -> dict[str, Any]:
    return {"url": trigger["url"]}


_DETAILS: Mapping[str, tuple[str, Callable[[Trigger], dict[str, Any]]]] = {
    "email": ("to", _mail),
    "webhook": ("url", _call),
}
