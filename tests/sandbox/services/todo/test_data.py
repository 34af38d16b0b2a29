"""Data sets: the shape of either era in either era, and what is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shim.sandbox import DataError, Sandbox
from shim.sandbox.engine.cursor import PAGE

from ...conftest import ROOT, Client, open_client, spoilt
from . import kit

SHAPES = {"2024": ROOT, "2026": ROOT / "era2026"}
OVERVIEW = """
query ($cursor: Cursor) {
  me {
    trackers(cursor: $cursor) {
      results {
        id name description visibility created updated owner { canonicalName }
        defaultACL { browse submit comment edit triage }
        labels { results { id name foregroundColor backgroundColor } }
        tickets {
          results {
            id ref subject body created updated status resolution
            submitter { __typename canonicalName } labels { id } assignees { canonicalName }
            events {
              results {
                id created
                changes {
                  eventType
                  ... on Comment { text }
                  ... on StatusChange { oldStatus newStatus oldResolution newResolution }
                }
              }
            }
          }
        }
      }
      cursor
    }
  }
}
"""


def _listed(client: Client) -> list[dict[str, Any]]:
    return client.pages(OVERVIEW, "trackers")


@pytest.mark.parametrize("shape", SHAPES)
def test_either_shape_in_either_era(shape: str) -> None:
    of_2024, of_2026 = (_listed(open_client(SHAPES[shape], era, "todo")) for era in ("2024", "2026"))
    assert of_2024 == of_2026
    assert len(of_2024) > PAGE


def test_sequences_go_on_where_the_data_set_says() -> None:
    sequences = json.loads((ROOT / "todo" / "data" / "dataset.json").read_text("utf-8"))["sequences"]
    client = open_client(ROOT, "2024", "todo")
    tracker = kit.tracker(client)
    event = kit.comment(client, tracker, kit.ticket(client, tracker), "text")
    assert tracker == sequences["tracker_id_seq"] + 1
    assert event == sequences["event_id_seq"] + 2


def _no_labels(rows: dict[str, Any]) -> None:
    del rows["labels"]


def _unknown_owner(rows: dict[str, Any]) -> None:
    rows["trackers"][0]["owner_id"] = 99999


def _unknown_submitter(rows: dict[str, Any]) -> None:
    rows["tickets"][0]["submitter_id"] = 99999


def _bad_time(rows: dict[str, Any]) -> None:
    rows["tickets"][0]["updated"] = "yesterday"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_no_labels, "data: 'labels' is missing$"),
        (_unknown_owner, "data: unknown owner in "),
        (_unknown_submitter, "data: unknown submitter in "),
        (_bad_time, "data: .*yesterday"),
    ],
)
def test_bad_rows(tmp_path: Path, spoil: Callable[[dict[str, Any]], None], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Sandbox(spoilt(tmp_path, "todo", spoil))


def test_a_reset_undoes_everything(todo: Client) -> None:
    before = _listed(todo)
    todo.data("mutation ($id: Int!) { deleteTracker(id: $id) { id } }", id=before[-1]["id"])
    tracker = kit.tracker(todo)
    kit.comment(todo, tracker, kit.ticket(todo, tracker), "text")
    assert _listed(todo) != before
    todo.sandbox.reset()
    assert _listed(todo) == before
