"""Data sets: the shape of either era in either era, and what is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shim.sandbox import DataError, Sandbox

from ...conftest import ROOT, Client, copied, open_client, spoilt

SHAPES = {"2024": ROOT, "2026": ROOT / "era2026"}
OVERVIEW = """
query ($cursor: Cursor) {
  me {
    repositories(cursor: $cursor) {
      results { id name visibility HEAD { target } references { results { name target } } }
      cursor
    }
  }
}
"""


def _listed(client: Client) -> list[dict[str, Any]]:
    return client.pages(OVERVIEW, "repositories")


@pytest.mark.parametrize("shape", SHAPES)
def test_either_shape_in_either_era(shape: str) -> None:
    of_2024, of_2026 = (_listed(open_client(SHAPES[shape], era)) for era in ("2024", "2026"))
    assert of_2024 == of_2026
    assert sum(bool(row["references"]["results"]) for row in of_2024) > 2


def _first_user(rows: dict[str, Any]) -> None:
    rows["users"] = rows["users"][1:]


def _no_users(rows: dict[str, Any]) -> None:
    del rows["users"]


def _bad_target(rows: dict[str, Any]) -> None:
    next(row for row in rows["repositories"] if row["refs"])["refs"]["refs/heads/x"] = "1" * 40


def _bad_time(rows: dict[str, Any]) -> None:
    rows["repositories"][0]["created"] = "yesterday"


def _no_stream(rows: dict[str, Any]) -> None:
    rows["repositories"][0]["content"] = "nowhere"


def _unknown_repository(rows: dict[str, Any]) -> None:
    rows["acls"][0]["repository"] = 99999


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_first_user, "data: unknown owner in "),
        (_no_users, "data: 'users' is missing$"),
        (_bad_target, "refs/heads/x points at 1{40}, which is not there$"),
        (_bad_time, "data: .*yesterday"),
        (_no_stream, "git/nowhere.fi: No such file or directory$"),
        (_unknown_repository, "data: unknown repository in "),
    ],
)
def test_bad_rows(tmp_path: Path, spoil: Callable[[dict[str, Any]], None], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Sandbox(spoilt(tmp_path, "git", spoil))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("dataset.json", "{", "data: Expecting "),
        ("git/big.fi", "commit\n", "data: fast-import: "),
        (
            "git/odd.json",
            '[{"type": "blob", "id": "x", "base64": ""}]',
            "odd.json: x has the contents of e69de29",
        ),
    ],
)
def test_bad_files(tmp_path: Path, name: str, text: str, message: str) -> None:
    (copied(tmp_path, "git") / name).write_text(text, "utf-8")
    with pytest.raises(DataError, match=message):
        Sandbox(tmp_path)


def test_a_reset_undoes_everything(git: Client) -> None:
    before = _listed(git)
    for name in ("files", "weather"):
        found = git.data("query ($n: String!) { me { repository(name: $n) { id } } }", n=name)
        git.data("mutation ($id: Int!) { deleteRepository(id: $id) { id } }", id=found["me"]["repository"]["id"])
    row = next(row for row in before if row["HEAD"])
    change = 'mutation ($id: Int!) { updateRepository(id: $id, input: {name: "other"}) { id } }'
    git.ask(change, id=row["id"])
    assert _listed(git) != before
    git.sandbox.reset()
    assert _listed(git) == before
