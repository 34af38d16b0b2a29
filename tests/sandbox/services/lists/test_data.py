"""Data sets: the shape of either era in either era, and what is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shim.sandbox import DataError, Sandbox
from shim.sandbox.services.lists.access import Access

from ...conftest import ROOT, Client, open_client, spoilt
from . import kit

SHAPES = {"2024": ROOT, "2026": ROOT / "era2026"}
OVERVIEW = """
query {
  me {
    lists {
      results {
        id name description visibility created updated
        defaultACL { browse reply post moderate }
        subscription { id created }
        threads { results { replies participants root { id received subject body messageID header(want: "To") } } }
        emails { results { id parent { id } patch { index version } } }
        patches {
          results { id subject prefix version status coverLetter { id } patches { results { id } } tools { id } }
        }
      }
    }
  }
}
"""


def _listed(client: Client) -> list[dict[str, Any]]:
    # A thread that cannot be read kills or spoils all others; either shape has one at most.
    for row in client.store.emails.where(lambda row: row.header_block is None):
        client.store.emails.remove(row)
    return client.data(OVERVIEW)["me"]["lists"]["results"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("shape", SHAPES)
def test_either_shape_in_either_era(shape: str) -> None:
    of_2024, of_2026 = (_listed(open_client(SHAPES[shape], era, "lists")) for era in ("2024", "2026"))
    assert of_2024 == of_2026
    assert len(of_2024) == 25


def test_rights_as_number_and_by_name() -> None:
    assert Access.read(5) == Access.read(["browse", "post"]) == Access.BROWSE | Access.POST
    assert Access.read(0) == Access.read([]) == Access(0)


def test_sequences_go_on_where_the_data_set_says() -> None:
    following = json.loads((ROOT / "lists" / "data" / "dataset.json").read_text("utf-8"))["next_ids"]
    client = open_client(ROOT, "2024", "lists")
    list_id = kit.mailing_list(client)
    taken = {name: getattr(client.store, name).take_id() for name in ("emails", "patchsets", "tools", "access")}
    assert list_id == following["list"]
    assert taken == {
        "emails": following["email"],
        "patchsets": following["patchset"],
        "tools": following["patchset_tool"],
        "access": following["access"],
    }
    assert client.store.subscriptions.take_id() == following["subscription"] + 1


def _no_patchsets(rows: dict[str, Any]) -> None:
    del rows["patchsets"]


def _unknown_owner(rows: dict[str, Any]) -> None:
    rows["lists"][0]["owner_id"] = 99999


def _unknown_right(rows: dict[str, Any]) -> None:
    rows["lists"][0]["default_access"] = ["rule"]


def _no_message(rows: dict[str, Any]) -> None:
    rows["emails"].append({**rows["emails"][0], "id": 99999})


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_no_patchsets, "data: 'patchsets' is missing$"),
        (_unknown_owner, "data: unknown owner in "),
        (_unknown_right, "data: 'RULE' is missing$"),
        (_no_message, "99999.eml: No such file"),
    ],
)
def test_bad_rows(tmp_path: Path, spoil: Callable[[dict[str, Any]], None], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Sandbox(spoilt(tmp_path, "lists", spoil))


def test_a_reset_undoes_everything(lists: Client) -> None:
    before = _listed(lists)
    lists.sandbox.reset()
    lists.data("mutation ($id: Int!) { deleteMailingList(id: $id) { id } }", id=before[-1]["id"])
    kit.mailing_list(lists)
    assert _listed(lists) != before
    lists.sandbox.reset()
    assert _listed(lists) == before
