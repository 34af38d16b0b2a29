"""A malformed key, or a token in a path, is in no log, metric or page of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shim.crypto import BearerToken
from tests.conftest import WEBHOOK_KEY
from tests.kit import FAR
from tests.services.meta.kit import B1, failed

TOKEN = BearerToken(FAR, "", "", "reader").mint(WEBHOOK_KEY)
MARK = "Zm9yYmlkZGVu"
TEXTS = [
    f"ssh-ed25519 {MARK}",
    f"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n{MARK}\n",
    f"{MARK} context deadline exceeded",
    f"{MARK}\0",
    f"{MARK}\ud800",
]
ANSWERS = [
    failed("create", f"Invalid SSH key format: ssh: no key found; last parsing error: {MARK}", field="key"),
    failed("create", f"internal system error {MARK}"),
    failed("create", f"{MARK}: context deadline exceeded"),
    failed("create", f"pq: {MARK}", code="ERR_INTERNAL"),
    {"data": {"create": None}},
    {"data": {"create": {"id": 1, "created": "x", "lastUsed": "y", "key": MARK, "comment": MARK}}},
    (502, "text/html", "down"),
    (422, "application/json", json.dumps({"errors": [{"message": MARK}], "data": None})),
]


def told(logged: list[Any]) -> str:
    """All that is in the log."""
    return json.dumps(logged, default=repr)


@pytest.mark.parametrize("kind", ["ssh-key", "pgp-key"])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("answer", ANSWERS)
def test_a_malformed_key_is_told_to_its_owner_alone(
    meta: Any, play: Any, logged: list[Any], kind: str, text: str, answer: Any
) -> None:
    play(answer)
    found = meta.open("POST", f"/api/user/{kind}s", "alder", json={kind: text})
    assert MARK not in told(logged)
    assert found.status_code < 500 or MARK not in found.text
    assert MARK not in str(found.headers)


@pytest.mark.parametrize("body", ["{", '{"ssh-key": "', '["', '{"ssh-key": ["', "\x00"])
def test_a_body_that_cannot_be_read_is_not_quoted(meta: Any, logged: list[Any], body: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = meta.open("POST", "/api/user/ssh-keys", "alder", data=f"{body}{MARK}", headers=headers)
    assert MARK not in answer.text + told(logged)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/api/ssh-key/{MARK}%00"),
        ("GET", f"/api/pgp-key/{MARK}%C3%BC"),
        ("POST", f"/oauth/token/{MARK}"),
        ("POST", f"/api/ssh-key/{MARK}"),
    ],
)
def test_a_path_that_holds_a_key_or_a_token_is_not_logged(meta: Any, logged: list[Any], method: str, path: str) -> None:
    answer = meta.open(method, path, data=b"\xff", headers={"Content-Type": "application/json"})
    assert answer.status_code >= 500
    assert MARK not in answer.text + told(logged) + str(answer.headers)


def test_a_failed_lookup_is_logged_without_its_key(ask: Any, play: Any, logged: list[Any]) -> None:
    meta = ask(lookup_token=TOKEN)
    play((502, "text/html", "down"))
    assert meta.open("GET", f"/api/ssh-key/{B1}").status_code == 502
    assert B1 not in told(logged)
