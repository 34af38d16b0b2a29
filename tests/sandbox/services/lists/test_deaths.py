"""What killed the real server, as far as it was recorded, kills this one."""

from __future__ import annotations

import pytest

from shim.sandbox.check.exchange import Item, prepare

from ...conftest import ROOT, Client
from ...recorded import load

FOLDERS = {"lists": ROOT / "lists" / "graphql", "lists2026": ROOT / "era2026" / "lists" / "graphql"}
FATAL = [
    (era, item)
    for era, folder in FOLDERS.items()
    for path in sorted(folder.rglob("*.yaml"))
    for item in load(path)
    if item["response"].get("died")
]


@pytest.mark.parametrize(("era", "item"), FATAL)
def test_recorded_deaths(era: str, item: Item, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(era)
    before = len(client.sandbox.deaths)
    asked = prepare(item, "http://localhost", client.symbols)
    path, headers = asked.path_url, dict(asked.headers)
    client.open(path, str(asked.method), data=asked.body, headers=headers)
    assert len(client.sandbox.deaths) == before + 1


def test_there_are_recorded_deaths_of_both_eras() -> None:
    assert {era for era, _ in FATAL} == FOLDERS.keys()
