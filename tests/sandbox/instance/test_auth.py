"""Authentication beyond the recordings of git: cookies, internal payloads, 2026."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

import pytest

from shim import crypto
from shim.sandbox.instance.auth import COOKIE
from shim.sandbox.instance.caller import Grants
from shim.sandbox.instance.tokens import legacy_token

from ..conftest import Client

ME = {"query": "{ me { username } }"}


def _ask(client: Client, **headers: str) -> tuple[int, str]:
    response = client.open("/query", "POST", json=ME, headers=headers)
    return response.status_code, response.get_data(as_text=True)


def _sealed(client: Client, payload: Mapping[str, object], *, age: int = 0) -> str:
    return crypto.seal(client.sandbox.instance.network_key, dict(payload), now=time.time() - age)


def test_a_cookie_wins_over_the_header(git: Client) -> None:
    cookie = f"{COOKIE}={_sealed(git, {'name': 'alice'})}"
    assert _ask(git, Cookie=cookie, **git.bearer("jdoe")) == (200, '{"data":{"me":{"username":"alice"}}}')


def test_a_bad_cookie(git: Client) -> None:
    status, body = _ask(git, Cookie=f"{COOKIE}=garbage", **git.bearer("jdoe"))
    assert (status, json.loads(body)) == (
        403,
        {"errors": [{"message": "Authentication error: Invalid authentication cookie"}]},
    )


def test_webhooks_are_not_for_cookies(git: Client) -> None:
    headers = {"Cookie": f"{COOKIE}={_sealed(git, {'name': 'alice'})}"}
    body = {"query": "{ userWebhooks { results { id } } }"}
    answer = git.open("/query", "POST", json=body, headers=headers).get_json()
    assert answer["errors"][0]["message"] == "Native webhooks are not supported with web authentication"


@pytest.mark.parametrize(("age", "status"), [(0, 200), (25, 200), (31, 403), (-59, 200), (-61, 403)])
def test_internal_authorizations_age(git: Client, age: int, status: int) -> None:
    payload = {"name": "jdoe", "client_id": "c", "node_id": "n"}
    assert _ask(git, Authorization=f"Internal {_sealed(git, payload, age=age)}")[0] == status


@pytest.mark.parametrize(
    "payload", [{"name": "jdoe", "client_id": "", "node_id": "n"}, {"name": "jdoe", "client_id": "c"}]
)
def test_an_incomplete_internal_payload_is_refused_and_runs(git: Client, payload: dict[str, object]) -> None:
    status, body = _ask(git, Authorization=f"internal {_sealed(git, payload)}")
    assert status == 403
    refusal = "Authentication error: Invalid Authorization header (missing Client ID or Node ID)"
    assert body == '{"errors":[{"message":"' + refusal + '"}]}{"data":{"me":{"username":"jdoe"}}}'


@pytest.mark.parametrize("name", [{"username": "jdoe"}, {"name": ""}])
def test_an_internal_payload_without_name_is_anonymous(git: Client, name: dict[str, object]) -> None:
    status, body = _ask(git, Authorization=f"Internal {_sealed(git, name | {'client_id': 'c', 'node_id': 'n'})}")
    assert (status, json.loads(body)["errors"][0]["message"]) == (
        200,
        "Access denied for internal anonymous auth",
    )


def test_a_token_of_another_instance(git: Client) -> None:
    token = crypto.BearerToken(4102444800, "", "", "jdoe").mint("QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=")
    assert _ask(git, Authorization=f"Bearer {token}")[0] == 403


def test_2026_has_no_legacy_tokens_and_codes_refusals(git2026: Client) -> None:
    status, body = _ask(git2026, Authorization=f"Bearer {legacy_token('jdoe')}")
    assert status == 403
    assert '"extensions":{"code":"ERR_UNAUTHORIZED"}' in body


@pytest.mark.parametrize(
    ("text", "scope", "kind", "granted"),
    [
        ("", "A", "RW", True),
        ("git.sr.ht/A", "A", "RO", True),
        ("git.sr.ht/A", "A", "RW", False),
        ("git.sr.ht/A:RW", "A", "RO", True),
        ("git.sr.ht/A:RW", "B", "RO", False),
        ("todo.sr.ht/A:RW git.sr.ht/B:RO", "A", "RO", False),
        ("todo.sr.ht/A:RW git.sr.ht/B:RO", "B", "RO", True),
    ],
)
def test_grants(text: str, scope: str, kind: str, granted: bool) -> None:
    assert Grants(text, "git.sr.ht").has(scope, kind) is granted
