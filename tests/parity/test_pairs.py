"""Every recorded native delivery becomes the recorded old one, to the byte, or differs as declared."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

import pytest
import yaml

from tests.cassettes import FIXTURES
from tests.parity.pairs import Pair, findings, of_git, of_lists, of_meta, of_todo
from tests.parity.pushes import of_pushes

RECORDED = [*of_git(), *of_todo(), *of_lists(), *of_meta()]
PAIRS = [*RECORDED, *of_pushes()]
RULES = [
    rule
    for service in ("git", "todo", "lists", "meta")
    for rule in yaml.load((FIXTURES / service / "payloads.yaml").read_bytes(), yaml.CSafeLoader)
]
TABLE = {
    ("git", "2024"): {"equal": 15, "nothing sent": 3, "declared": 29},
    ("git", "2026"): {"equal": 8, "declared": 7},
    ("todo", "2024"): {"equal": 50, "nothing sent": 23, "declared": 22},
    ("lists", "2024"): {"equal": 23, "nothing sent": 8, "declared": 11},
    ("meta", "2024"): {"equal": 8, "nothing sent": 2, "declared": 7},
}
"""How many pairs are equal, by a delivery or by none on either side, and how many differ as declared. `equal` only
grows."""


@lru_cache
def found(pair: Pair) -> tuple[str, ...]:
    """How a pair differs."""
    return tuple(findings(pair))


def rules_of(pair: Pair) -> list[dict[str, Any]]:
    """The rules that speak of a pair's recording."""
    return [r for r in RULES if r["id"].startswith(pair.service) and (r["era"], r["file"]) == (pair.era, pair.file)]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_a_pair_is_equal_or_differs_as_declared(pair: Pair) -> None:
    declared = [finding for rule in rules_of(pair) for finding in rule["findings"]]
    assert [finding for finding in found(pair) if finding not in declared] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_every_declared_difference_occurs(rule: dict[str, Any]) -> None:
    occurring = {finding for pair in PAIRS if rule in rules_of(pair) for finding in found(pair)}
    assert set(rule["findings"]) - occurring == set()
    assert all(rule[word] for word in ("reason", "contract"))


def test_all_recorded_pairs_are_there() -> None:
    assert Counter(pair.service for pair in RECORDED) == {"git": 47, "todo": 95, "lists": 42, "meta": 17}


def test_as_many_pairs_are_equal_as_ever() -> None:
    table: dict[tuple[str, str], Counter[str]] = {}
    for pair in PAIRS:
        outcome = "declared" if found(pair) else "equal" if pair.old else "nothing sent"
        table.setdefault((pair.service, pair.era), Counter())[outcome] += 1
    assert table == TABLE
