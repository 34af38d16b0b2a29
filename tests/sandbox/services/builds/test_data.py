"""Data sets: the shape of either era in either era, and what is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shim.sandbox import DataError, Sandbox

from ...conftest import ROOT, Client, open_client, spoilt
from . import kit

SHAPES = {"2024": (ROOT, 132), "2026": (ROOT / "era2026", 60)}
JOBS = """
query ($cursor: Cursor) {
  jobs(cursor: $cursor) {
    results {
      id created updated status manifest note runner tags visibility
      owner { canonicalName }
      tasks { id name status }
      artifacts { id created path size url }
      group { id note owner { canonicalName } jobs { id status } }
    }
    cursor
  }
}
"""


def _listed(client: Client) -> list[dict[str, Any]]:
    rows, cursor = [], None
    while True:
        page = client.data(JOBS, cursor=cursor)["jobs"]
        rows += page["results"]
        cursor = page["cursor"]
        if cursor is None:
            return rows


@pytest.mark.parametrize("shape", SHAPES)
def test_either_shape_in_either_era(shape: str) -> None:
    root, number = SHAPES[shape]
    of_2024, of_2026 = (_listed(open_client(root, era, "builds")) for era in ("2024", "2026"))
    assert of_2024 == of_2026
    assert len(of_2024) == number
    assert [row["id"] for row in of_2024] == sorted((row["id"] for row in of_2024), reverse=True)


def test_sequences_go_on_where_the_data_set_says(builds: Client) -> None:
    assert kit.submit(builds) == 4183
    assert builds.data(kit.GROUP, jobs=[4183])["createGroup"]["id"] == 81


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda rows: rows.pop("jobs"), "'jobs' is missing"),
        (lambda rows: rows["jobs"][0].pop("manifest"), "'manifest' is missing"),
        (lambda rows: rows["jobs"][0].update(owner=99), "unknown owner"),
        (lambda rows: rows["artifacts"][0].update(created="now"), "does not match"),
    ],
)
def test_what_is_no_data_set(tmp_path: Path, spoil: Callable[[dict[str, Any]], None], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Sandbox(spoilt(tmp_path, "builds", spoil), services=["builds"])
