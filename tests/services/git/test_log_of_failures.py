"""Which failures of the API an operator learns of (conventions 12, git 4.1)."""

from __future__ import annotations

from tests.kit import Asker

FOUND = {"__typename": "BinaryBlob", "id": "a" * 40, "content": "http://git/query/blob/7/HEAD/x"}


def test_a_path_that_leads_nowhere_is_no_failure(ask, logged):
    answer = ask("2024").open("GET", "/api/repos/weather/tree/master/no/such", "jdoe")
    assert (answer.status_code, logged) == (404, [])


def test_a_blob_that_cannot_be_fetched_is_one(script, logged):
    script.steps = [{"data": {"owner": {"repository": {"id": 7, "object": FOUND}}}}, (502, "text/html", "no")]
    answer = Asker("git", script.origin, {("shim", "era"): "2026"}).open("GET", f"/api/repos/r/odb/{'a' * 40}", "ann")
    told = {"service": "git", "operation": "GET", "kind": "unreachable", "message": "HTTP 502: no"}
    assert answer.status_code == 502
    assert logged == [{"event": "upstream", "log_level": "warning", **told}]
