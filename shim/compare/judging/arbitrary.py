"""Where the old services' order meant nothing, and the recordings hold one of many (`fixtures/README.md`).

An expected value is put into the answered order when both hold the same things; other differences stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby
from typing import Any

from shim.compare.judging.jsontext import Array, Node, Object, Scalar, array, write


def same_methods(recorded: str, answered: str) -> bool:
    """Whether two `Allow` headers name the same methods."""
    return set(re.split(r", *", recorded)) == set(re.split(r", *", answered))


def reorder(expected: Object, answered: Object) -> Object:
    """An expected object with its arbitrary members in the answered order."""
    members, present = expected.members, answered.members
    return expected.but(
        {
            name: ordered(members[name], present[name])
            for name, applies, ordered in _ARBITRARY
            if name in members and name in present and applies(members)
        }
    )


def _is_subscription(members: dict[str, Node]) -> bool:
    return "url" in members and isinstance(members["events"], Array)


def _is_push(members: dict[str, Node]) -> bool:
    return "event" in members and members["event"].value == "repo:post-update"


def _is_job(members: dict[str, Node]) -> bool:
    return "tags" in members


def _is_group(members: dict[str, Node]) -> bool:
    return "owner" in members and "note" in members


def _items(expected: Node, answered: Node) -> Node:
    if not isinstance(expected, Array) or not isinstance(answered, Array):
        return expected
    same = sorted(item.text for item in expected.items) == sorted(item.text for item in answered.items)
    return array(answered.items) if same else expected


def _are_events(members: dict[str, Node]) -> bool:
    items = next((members[name] for name in ("events", "results") if name in members), None)
    return isinstance(items, Array) and all(isinstance(i, Object) and "event_type" in i.names for i in items.items)


def _labels(expected: Node, answered: Node) -> Node:
    """Events of several labels that one request changed: which of them got which id meant nothing."""
    if not isinstance(expected, Array) or not isinstance(answered, Array) or len(expected.items) != len(answered.items):
        return expected
    items: list[Node] = []
    for _, run in groupby(expected.items, _without_label):
        group = list(run)
        found = answered.items[len(items) : len(items) + len(group)]
        items += _relabelled(group, [item for item in found if isinstance(item, Object)])
    return array(items)


def _without_label(event: Node) -> str:
    return event.but({"id": write(None), "label": write(None)}).text if isinstance(event, Object) else event.text


def _relabelled(group: list[Any], found: list[Object]) -> list[Any]:
    labels = [event.members["label"] for event in found if "label" in event.members]
    if sorted(event.members["label"].text for event in group) != sorted(label.text for label in labels):
        return group
    return [event.but({"label": label}) for event, label in zip(group, labels, strict=True)]


def _header_lines(expected: Node, answered: Node) -> Node:
    if not isinstance(expected, Scalar) or not isinstance(answered, Scalar):
        return expected
    lines = {line.partition(":")[0]: line for line in str(expected.value).splitlines(keepends=True)}
    order = [line.partition(":")[0] for line in str(answered.value).splitlines()]
    return write("".join(lines[name] for name in order)) if sorted(order) == sorted(lines) else expected


_ARBITRARY: tuple[tuple[str, Callable[[dict[str, Node]], bool], Callable[[Node, Node], Node]], ...] = (
    ("events", _is_subscription, _items),
    ("events", _are_events, _labels),
    ("results", _are_events, _labels),
    ("tasks", _is_job, _items),
    ("jobs", _is_group, _items),
    ("payload_headers", _is_push, _header_lines),
)
