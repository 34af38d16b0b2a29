"""Answers with holes: what a route needs and an error explains is no null (conventions 12)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit import Asker

REPOSITORY = {
    "id": 1,
    "created": "2024-09-01T12:00:00Z",
    "updated": "2024-09-01T12:00:00Z",
    "name": "r",
    "owner": {"canonical_name": "~ann", "name": "ann"},
    "description": None,
    "visibility": "PUBLIC",
}
RIGHTS = dict.fromkeys(("browse", "submit", "comment", "edit", "triage"), True)
TRACKER = {**REPOSITORY, "default_access": RIGHTS, "acl": RIGHTS}
ME = {"name": "ann"}
HOLES = [
    ("git", "/api/repos", {"repositories": {"results": [REPOSITORY], "cursor": None}}, ("repositories", "results", 0)),
    ("git", "/api/repos/r", {"repository": REPOSITORY}, ("repository",)),
    ("todo", "/api/trackers/r", {"tracker": TRACKER}, ("tracker",)),
    ("todo", "/api/trackers", {"trackers": {"results": [TRACKER], "cursor": None}}, ("trackers", "results", 0)),
]


@pytest.mark.parametrize(("service", "path", "owner", "at"), HOLES, ids=lambda value: str(value)[:20])
def test_a_text_that_could_not_be_read_is_not_null(script, service, path, owner, at):
    error = {"message": "pq: no connection", "path": ["owner", *at, "description"]}
    script.steps = [{"data": {"me": ME, "owner": {**ME, **owner}}, "errors": [error]}]
    answer = Asker(service, script.origin).open("GET", path, "ann")
    assert (answer.status_code, answer.json) == (502, {"errors": [{"reason": "pq: no connection"}]})


OWNED: dict[str, Any] = {"data": {"me": ME, "owner": {**ME, "tracker": TRACKER}}}
DELETIONS = [
    ((504, "text/html", "late"), 502),
    ((502, "text/html", "down"), 502),
    ({"data": {"deleteTracker": None}, "errors": [{"message": "No tracker by ID 1 found for this user"}]}, 404),
    ({"data": {"deleteTracker": None}, "errors": [{"message": "refused"}]}, 500),
]


@pytest.mark.parametrize(("step", "status"), DELETIONS)
def test_a_tracker_that_is_not_deleted_crashed_where_the_api_refused(script, step, status):
    script.steps = [OWNED, step]
    answer = Asker("todo", script.origin).open("DELETE", "/api/trackers/r", "ann")
    assert answer.status_code == status
    assert len(script.requests) == 2
