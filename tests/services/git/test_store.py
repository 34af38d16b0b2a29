"""Objects of which the API tells only a part, or nothing (git 4.9)."""

from __future__ import annotations

import pytest

from tests.kit import Asker

OID = "5c80ae5a8bf40ae8226a31363b015574db350768"
ERA = {"2024": ("objects", [None]), "2026": ("object", None)}


def failed(era, message):
    member, nothing = ERA[era]
    error = {"message": message, "path": ["owner", "repository", member, *([0] if nothing else []), "author", "time"]}
    return {"data": {"owner": {"repository": {member: nothing}}}, "errors": [error]}


@pytest.mark.parametrize("era", ERA)
@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("internal system error", 501),
        ("year outside of range [0,9999]", 501),
        (f"lookup object {OID}: object not found", 404),
        ("pq: canceling statement due to user request", 504),
    ],
)
def test_an_object_that_the_api_fails_over(script, era, message, status):
    script.steps = [failed(era, message)]
    asker = Asker("git", script.origin, {("shim", "era"): era})
    assert asker.open("GET", f"/api/repos/r/odb/{OID}", "ann").status_code == status
    assert len(script.asked) == 1
