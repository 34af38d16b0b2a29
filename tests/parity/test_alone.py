"""Native deliveries recorded without an old one beside: each becomes a payload where its query told enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from shim.services.events import Untranslatable
from tests.cassettes import FIXTURES
from tests.parity.pairs import Pair, items, translated

KINDS = {
    "git/webhooks/user": dict.fromkeys(("a", "s404", "int", "g", "acl"), "user"),
    "git/webhooks/git": {"gw": "repository"},
    "todo/webhooks/deliveries": {
        **dict.fromkeys(("user", "int", "grant"), "user"),
        **dict.fromkeys(("tr-jdoe", "tr-alice", "tr-bob"), "tracker"),
        "tk": "ticket",
    },
    "meta/webhooks": {"mm": "user"},
}
"""Recordings of 2026, and the kinds of the subscriptions in them by the path of their receiver."""
OUTCOMES = {
    ("git", "2024"): {"repo:create": 1, "untranslatable": 12},
    ("git", "2026"): {"repo:create": 3, "repo:update": 1, "repo:delete": 1, "repo:post-update": 3, "untranslatable": 3},
    ("todo", "2026"): {
        "tracker:create": 1,
        "tracker:update": 4,
        "tracker:delete": 1,
        "label:create": 3,
        "label:delete": 3,
        "ticket:create": 7,
        "event:create": 16,
        "ticket:update, never sent": 2,
        "untranslatable": 17,
    },
    ("meta", "2026"): {
        "profile:update": 2,
        "ssh-key:add": 2,
        "ssh-key:remove": 2,
        "pgp-key:add": 2,
        "pgp-key:remove": 2,
    },
}


def alone() -> Iterator[tuple[Pair, str]]:
    """The native bodies, each as of a pair without an old side."""
    for number, item in enumerate(items("git", "native")):
        for got in item["got"]:
            yield Pair("git", "2024", "native", number, "user"), got["body"]
    for name, kinds in KINDS.items():
        service, *_, file = name.split("/")
        recorded = yaml.load((FIXTURES / "era2026" / f"{name}.yaml").read_bytes(), yaml.CSafeLoader)
        for number, item in enumerate(recorded):
            yield Pair(service, "2026", file, number, kinds[item["path"].strip("/")]), item["body"]


def outcome(pair: Pair, body: str) -> str:
    """What becomes of a body."""
    try:
        found = translated(pair, body)
    except Untranslatable:
        return "untranslatable"
    return found.event.legacy if found.payload is not None else f"{found.event.legacy}, never sent"


def test_each_becomes_what_its_query_told_enough_for() -> None:
    found: dict[tuple[str, str], Counter[str]] = {}
    for pair, body in alone():
        found.setdefault((pair.service, pair.era), Counter())[outcome(pair, body)] += 1
    assert found == OUTCOMES


def _failing(pair: Pair, body: str) -> Any:
    return pytest.param(pair, body, id=f"{pair.name}-{pair.number}")


@pytest.mark.parametrize(("pair", "body"), [_failing(*one) for one in alone() if '"errors"' in one[1]])
def test_a_delivery_with_errors_becomes_nothing(pair: Pair, body: str) -> None:
    assert outcome(pair, body) == "untranslatable"
