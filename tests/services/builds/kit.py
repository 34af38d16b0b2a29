"""Jobs as GraphQL tells of them."""

from __future__ import annotations

from typing import Any

ALICE = {"canonicalName": "~alice", "username": "alice"}
BOB = {"canonicalName": "~bob", "username": "bob"}
MANIFEST = "image: alpine/edge\ntasks:\n- build: make\n"
SUBMITTED = {
    "id": 4110,
    "note": "Fix it",
    "runner": None,
    "tags": ["hello", "commits"],
    "tasks": [{"id": 9100, "name": "build", "status": "PENDING"}],
}


def job(number: int = 4101, **changes: Any) -> dict[str, Any]:
    """A job of alice's."""
    return {**SUBMITTED, "id": number, "status": "PENDING", "owner": ALICE, "visibility": "UNLISTED", **changes}


def group(number: int = 77, *jobs: tuple[int, str], owner: dict[str, str] = ALICE) -> dict[str, Any]:
    """A group, with its jobs by id and status."""
    told = [{"id": member, "status": status} for member, status in jobs]
    return {"id": number, "note": "Nightly group", "owner": owner, "jobs": told}


def page(*jobs: dict[str, Any], cursor: str | None = None) -> dict[str, Any]:
    """A page of the walk to a group."""
    return {"data": {"jobs": {"results": list(jobs), "cursor": cursor}}}


def failed(field: str, message: str, *path: str | int, code: str = "") -> dict[str, Any]:
    """A mutation whose field is null, and why."""
    error: dict[str, Any] = {"message": message, "path": [field, *path]}
    return {"data": {field: None}, "errors": [{**error, "extensions": {"code": code}} if code else error]}
