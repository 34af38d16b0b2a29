"""Pastes: made of files, shown to some, told of, deleted (paste dossier, 4 to 6)."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from shim.sandbox import DataError, Sandbox

from ...conftest import Client, spoilt

CREATE = """mutation ($files: [Upload!]!, $visibility: Visibility!) {
  create(files: $files, visibility: $visibility) { id files { filename hash } }
}"""
PASTE = "query ($id: String!) { paste(id: $id) { visibility files { filename } user { canonicalName } } }"
MINE = "query ($cursor: Cursor) { pastes(cursor: $cursor) { results { id } cursor } }"
SUBSCRIBE = "mutation ($config: UserWebhookInput!) { createUserWebhook(config: $config) { id } }"
EVENT = "query { webhook { event ... on PasteEvent { paste { id visibility files { filename } } } } }"
URL = "https://receiver.example.net/paste"


def create(client: Client, *names: str, user: str = "alice", visibility: str = "PRIVATE", text: str = "x") -> Any:
    """The answer to a new paste of files of these names, all of one content."""
    variables = {"files": [None] * len(names), "visibility": visibility}
    places = {str(i): [f"variables.files.{i}"] for i, _ in enumerate(names)}
    form: dict[str, Any] = {
        "operations": json.dumps({"query": CREATE, "variables": variables}),
        "map": json.dumps(places),
    }
    form |= {str(i): (BytesIO(text.encode()), name, "text/plain; charset=utf-8") for i, name in enumerate(names)}
    return client.open("/query", "POST", data=form, headers=client.bearer(user)).get_json()


def test_what_is_made_is_the_newest_of_the_list(paste: Client) -> None:
    made = create(paste, "a.txt")["data"]["create"]
    assert paste.data(MINE, user="alice")["pastes"]["results"][0] == {"id": made["id"]}


def test_equal_contents_are_kept_once(paste: Client) -> None:
    before = len(paste.store.blobs)
    first, second = create(paste, "a", "b", text="never before")["data"]["create"]["files"]
    assert first["hash"] == second["hash"]
    create(paste, "c", text="never before")
    assert len(paste.store.blobs) == before + 1


def test_a_name_may_be_given_twice_in_2024_only(paste: Client, paste2026: Client) -> None:
    assert "errors" not in create(paste, "a", "d/a")
    rows = len(paste2026.store.pastes)
    assert create(paste2026, "a", "d/a", user="alice")["errors"][0]["message"] == (
        "File name 'a' cannot be specified more than once"
    )
    assert len(paste2026.store.pastes) == rows, "nothing is kept of it"


@pytest.mark.parametrize(("visibility", "seen"), [("PUBLIC", True), ("UNLISTED", True), ("PRIVATE", False)])
def test_who_sees_one(paste: Client, visibility: str, seen: bool) -> None:
    sha = create(paste, "a", visibility=visibility)["data"]["create"]["id"]
    shown = {"visibility": visibility, "files": [{"filename": "a"}], "user": {"canonicalName": "~alice"}}
    assert paste.data(PASTE, user="alice", id=sha)["paste"] == shown
    assert paste.data(PASTE, user="bob", id=sha)["paste"] == (shown if seen else None)


def test_a_deleted_one_leaves_its_contents(paste: Client) -> None:
    made = create(paste, "a", text="kept")["data"]["create"]
    delete = "mutation ($id: String!) { delete(id: $id) { id } }"
    assert paste.data(delete, user="bob", id=made["id"]) == {"delete": None}
    assert paste.data(delete, user="alice", id=made["id"]) == {"delete": {"id": made["id"]}}
    assert paste.data(PASTE, user="alice", id=made["id"]) == {"paste": None}
    held = paste.open(f"/query/blob/{made['files'][0]['hash']}", headers=paste.bearer("bob"))
    assert (held.status_code, held.get_data()) == (200, b"kept")


def test_its_owner_is_told_of_it_with_its_files(paste: Client) -> None:
    events = ["PASTE_CREATED", "PASTE_UPDATED", "PASTE_DELETED"]
    paste.data(SUBSCRIBE, user="alice", config={"url": URL, "events": events, "query": EVENT})
    create(paste, "b", user="bob")
    sha = create(paste, "a")["data"]["create"]["id"]
    for mutation in ("update(id: $id, visibility: PUBLIC) { id }", "delete(id: $id) { id }"):
        paste.data(f"mutation ($id: String!) {{ {mutation} }}", user="alice", id=sha)
    paste.sandbox.drain()
    told = [json.loads(body)["data"]["webhook"] for _, _, body in paste.receiver.got]
    assert [hook["event"] for hook in told] == events
    assert [hook["paste"] for hook in told] == [
        {"id": sha, "visibility": visibility, "files": [{"filename": "a"}]}
        for visibility in ("PRIVATE", "PUBLIC", "PUBLIC")
    ]


def test_a_blob_is_what_its_name_says(tmp_path: Path) -> None:
    def spoil(rows: dict[str, Any]) -> None:
        rows["blobs"][0]["base64"] = "AAAA"

    with pytest.raises(DataError, match="blob 1: its contents are not"):
        Sandbox(spoilt(tmp_path, "paste", spoil))
