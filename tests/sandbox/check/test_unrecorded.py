"""Calls that were made beside the recorded ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from shim.sandbox.check.unrecorded import MAX_TIMES, NAME, Unrecorded

ITEMS = [{"document": "mutation { make { id } }"}, {"document": "{ me { id } }"}, {"document": "{ made { id } }"}]


def _told(root: Path, folder: str, told: dict[str, Any], items: list[dict[str, Any]] = ITEMS) -> Unrecorded:
    """What a file tells, for the exchanges of `one` in a folder below `graphql`."""
    (root / NAME).write_text(yaml.safe_dump(told))
    return Unrecorded(root / "graphql" / folder / "one.yaml", items)


def test_calls_stand_before_an_exchange(tmp_path: Path) -> None:
    first, second = ({"before": 1, "document": text} for text in ("{ a }", "{ b }"))
    unrecorded = _told(tmp_path, "", {"one": [first, second, {**first, "before": 2}], "other": [first]})
    asked = [[call["document"] for call in unrecorded.before(index)] for index in range(3)]
    assert asked == [[], ["{ a }", "{ b }"], ["{ a }"]]


def test_a_file_in_a_folder_has_its_path_for_a_name(tmp_path: Path) -> None:
    unrecorded = _told(tmp_path, "deep/down", {"deep/down/one": [{"before": 0, "document": "{ a }"}]})
    assert len([*unrecorded.before(0)]) == 1


def test_repeated_calls_are_numbered(tmp_path: Path) -> None:
    variables = {"config": {"url": "http://h{n}", "events": ["E{n}"], "count": 5}}
    unrecorded = _told(tmp_path, "", {"one": [{"before": 0, "times": 2, "document": "", "variables": variables}]})
    assert [call["variables"]["config"] for call in unrecorded.before(0)] == [
        {"url": f"http://h{n}", "events": [f"E{n}"], "count": 5} for n in range(2)
    ]


@pytest.mark.parametrize("comment", [None, "after 2 more make calls (not recorded)"])
def test_counted_calls_are_the_last_of_that_name(tmp_path: Path, comment: str | None) -> None:
    items = [*ITEMS[:2], {**ITEMS[2], "comment": comment}]
    unrecorded = Unrecorded(tmp_path / "graphql" / "one.yaml", items)
    assert [*unrecorded.before(2)] == ([ITEMS[0]] * 2 if comment else [])


def test_calls_have_a_bound(tmp_path: Path) -> None:
    items = [*ITEMS[:2], {**ITEMS[2], "comment": "after 99999999 more make calls (not recorded)"}]
    unrecorded = _told(tmp_path, "", {"one": [{"before": 2, "times": 10**9, "document": ""}]}, items)
    assert len([*unrecorded.before(2)]) == 2 * MAX_TIMES
