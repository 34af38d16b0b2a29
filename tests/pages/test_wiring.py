"""The pages beside the legacy APIs, as they are served."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from shim.app import create_app
from shim.config import parse
from tests.pages import kit
from tests.usage.kit import put


@pytest.fixture
def served(sqlite_store):
    """A client of the whole app, which counts in a store."""
    front = create_app(parse(kit.PLAIN + kit.ENDS, "the test's configuration"), store=sqlite_store)
    yield Client(front)
    front.close()


def rows(store):
    """All that is stored."""
    return [store.read(f"SELECT * FROM {table}") for table in ("usage", "losses", "outreach", "pauses")]  # noqa: S608


@pytest.mark.parametrize("host", ["git.example.org", "todo.example.org", "shim.example.org", "127.0.0.1:8080"])
@pytest.mark.parametrize(
    "path", ["/usage", "/usage.json", "/usage/callers.csv", "/migrate/", "/sunset.ics", "/metrics"]
)
def test_pages_are_at_every_host(served, host, path):
    headers = {"Authorization": kit.basic(kit.PASSWORD)}
    answer = served.get(
        path, base_url=f"http://{host}", headers=headers, environ_overrides={"REMOTE_ADDR": "127.0.0.1"}
    )
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_call_is_seen_on_the_dashboard(served):
    headers = {"User-Agent": "old-client/1.0 (x)"}
    served.get("/api/version", base_url="http://git.example.org", headers=headers, buffered=True)
    served.application.close()
    told = served.get("/usage.json?since=1h", headers={"Authorization": kit.basic(kit.PASSWORD)}).json
    assert [(row["name"], row["calls"]) for row in told["top_endpoints"]] == [("GET /api/version", 1)]
    assert [caller["agents"] for caller in told["top_callers"]] == [["old-client/1.0"]]


def test_what_an_old_answer_links_to_is_there(served):
    link = served.get("/api/version", base_url="http://git.example.org").headers["Link"]
    page = link.partition("<")[2].partition(">")[0]
    assert page == "/migrate/git/get-version"
    assert served.get(page, base_url="http://git.example.org").status_code == 200


def test_the_dashboard_writes_nothing(served, sqlite_store):
    put(sqlite_store, {"caller": "ann"})
    before = rows(sqlite_store)
    for path in (
        "/usage",
        "/usage/callers",
        "/usage/endpoints",
        "/usage/calendar",
        "/usage/parity",
        "/usage/callers/ann",
    ):
        assert served.get(path, headers={"Authorization": kit.basic(kit.PASSWORD)}).status_code == 200
    assert rows(sqlite_store) == before
