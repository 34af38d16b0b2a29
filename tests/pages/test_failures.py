"""What is wrong is told on a page, whatever it is."""

from __future__ import annotations

import pytest
from markupsafe import escape

from shim.pages.dashboard import overview
from shim.store import open_store
from tests.pages import kit


@pytest.fixture
def broken(tmp_path):
    """A store in a file that is none of SQLite's."""
    (tmp_path / "store").write_bytes(b"no database" * 1000)
    store = open_store(f"sqlite:///{tmp_path / 'store'}")
    yield store
    store.close()


@pytest.mark.parametrize(
    "path", ["/usage", "/usage/endpoints", "/usage/callers", "/usage/callers/alice", "/usage/calendar"]
)
def test_a_store_that_is_down_is_told(broken, path, logged):
    client = kit.client(broken, kit.ENDS)
    page = client.get(path)
    assert page.status_code == 503
    assert "store" in page.text
    assert page.headers["Retry-After"]
    assert [entry["event"] for entry in logged] == ["dashboard: no store"]
    told = client.get(f"{path}.json").json
    assert told["status"] == 503
    assert escape(told["error"]) in page.text


def test_what_needs_no_store_goes_on_without(broken):
    client = kit.client(broken, kit.ENDS)
    for path in ("/usage/parity", "/migrate/", "/migrate/git/get-repos", "/sunset.ics"):
        assert client.get(path).status_code == 200


def test_a_store_that_is_turned_off_is_told_with_how_to_turn_it_on():
    client = kit.client(None, kit.ENDS)
    answer = client.get("/usage")
    assert answer.status_code == 404
    assert "sqlite:////" in answer.text
    for path in ("/usage/parity", "/usage/calendar", "/migrate/git/get-repos", "/sunset.ics"):
        assert client.get(path).status_code == 200


def test_an_empty_store_is_no_failure(sqlite_store):
    client = kit.client(sqlite_store, kit.ENDS)
    page = client.get("/usage")
    assert page.status_code == 200
    assert page.text.count("Nobody uses it") == 3
    for path in ("/usage/endpoints", "/usage/callers", "/usage/callers/nobody", "/usage/endpoints/git/get-repos"):
        assert client.get(path).status_code == 200


def test_a_fault_of_ours_is_logged_and_told_without_its_text(filled, logged, monkeypatch):
    def fail(*_):
        raise RuntimeError("s3cr3t")

    monkeypatch.setattr(overview.figures, "endpoints", fail)
    answer = kit.client(filled).get("/usage.json")
    assert answer.status_code == 500
    assert "s3cr3t" not in answer.text
    assert [(entry["event"], entry["path"]) for entry in logged] == [("failure", "/usage.json")]


@pytest.mark.parametrize(
    "path", ["/nothing", "/usage/nothing", "/usage/endpoints/git/nothing", "/usage/endpoints/no/get-user"]
)
def test_what_is_not_there_is_told_on_a_page(reader, path):
    answer = reader.get(path)
    assert answer.status_code == 404
    assert "<h1>Not Found</h1>" in answer.text


@pytest.mark.parametrize("name", ["x" * 5000, "%00", "%FF", "a/b//c", "%0d%0aX-Evil:1"])
def test_odd_names_are_no_failure(reader, name):
    for suffix in ("", ".json", ".csv"):
        answer = reader.get(f"/usage/callers/{name}{suffix}")
        assert answer.status_code in (200, 404)
        assert "X-Evil" not in answer.headers
