"""What only other services asked of the old OAuth: nothing of it makes, takes or tells of a token (meta 2.3, 5)."""

from __future__ import annotations

from typing import Any

import pytest

from shim.services.meta.oauth import NO_CREDENTIALS, NO_SCOPES, NO_TOKENS

CREDENTIALS = {"X-OAuth-ID": "0123456789abcdef", "X-OAuth-Secret": "s"}
CLIENT = {"client_id": "0123456789abcdef", "client_secret": "s", "revocation_url": "https://x.example.org/r"}
SCOPES = [
    ("GET", "/api/delegate/scopes"),
    ("POST", "/api/delegate/scopes"),
    ("GET", "/api/delegate/scopes/7"),
    ("DELETE", "/api/delegate/scopes/7"),
]


@pytest.fixture(autouse=True)
def _no_call(script: Any) -> Any:
    """None of it asks the API for anything."""
    yield
    assert script.requests == []


@pytest.mark.parametrize(("method", "path"), SCOPES)
def test_there_are_no_delegated_scopes(meta: Any, method: str, path: str) -> None:
    answer = meta.open(method, path, headers=CREDENTIALS)
    assert (answer.status_code, answer.json) == (501, {"errors": [{"reason": NO_SCOPES}]})


@pytest.mark.parametrize(("method", "path"), SCOPES)
@pytest.mark.parametrize("left_out", CREDENTIALS)
def test_credentials_of_a_service_must_be_told(meta: Any, method: str, path: str, left_out: str) -> None:
    headers = {name: value for name, value in CREDENTIALS.items() if name != left_out}
    answer = meta.open(method, path, headers=headers)
    assert (answer.status_code, answer.json) == (400, {"errors": [{"reason": NO_CREDENTIALS}]})


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/oauth/token/verify", {**CLIENT, "oauth_token": "0" * 32}),
        ("/oauth/token/AAC5VWkAAAAAAAAEamRvZQb9+/x", CLIENT),
        ("/oauth/exchange", {**CLIENT, "exchange": "aaaaaaaaaa01"}),
    ],
)
def test_no_token_is_made_or_verified(meta: Any, path: str, body: dict[str, str]) -> None:
    answer = meta.open("POST", path, json=body)
    assert (answer.status_code, answer.json) == (501, {"errors": [{"reason": NO_TOKENS}]})
    assert meta.open("POST", path, data=body).status_code == 501


def test_what_is_missing_is_told_first(meta: Any) -> None:
    answer = meta.open("POST", "/oauth/token/verify", json={"client_id": "x"})
    names = ("oauth_token", "client_secret", "revocation_url")
    assert answer.status_code == 400
    assert answer.json == {"errors": [{"field": name, "reason": f"{name} is required"} for name in names]}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_is_asked_for_consent(meta: Any, method: str) -> None:
    answer = meta.open(method, "/oauth/authorize?client_id=x&redirect_uri=https://evil.example.org/")
    assert (answer.status_code, "Location" in answer.headers) == (501, False)


@pytest.mark.parametrize("path", ["/oauth/revoke", "/oauth/revoke/x", "/oauth/webhook/profile-update"])
def test_what_belongs_to_other_services_is_not_there(meta: Any, path: str) -> None:
    assert meta.open("POST", path, data={"token_hash": "0" * 128}).status_code == 404
