"""Who may ask what: personal tokens, clients, other servers; tokens that were taken back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shim import crypto
from shim.sandbox import Conditions
from shim.sandbox.engine.errors import PANIC
from shim.sandbox.instance.tokens import legacy_token, token_hash

from ...conftest import Client

CLIENT = "6d1b6a4e-0000-4000-8000-000000000001"
OTHERS = '{ user(username: "alice") { username } userByID(id: 3) { username } }'
REVOKED = "query ($hash: String!) { tokenRevocationStatus(hash: $hash) }"
PRIVATE = "Private auth access denied"


def _anonymous(client: Client, query: str) -> dict[str, Any]:
    payload = {"client_id": "c", "node_id": "n"}
    header = {"Authorization": f"Internal {crypto.seal(client.sandbox.instance.network_key, payload)}"}
    return client.open("/query", "POST", json={"query": query}, headers=header).get_json()  # type: ignore[no-any-return]


def test_servers_that_act_for_nobody(meta: Client, meta2026: Client) -> None:
    others = {"user": {"username": "alice"}, "userByID": {"username": "bob"}}
    assert _anonymous(meta, OTHERS) == {"data": others}
    assert _anonymous(meta2026, OTHERS) == {"data": others}
    assert _anonymous(meta, "{ me { id } }")["errors"][0]["message"] == PANIC
    refused = _anonymous(meta, '{ tokenRevocationStatus(hash: "") }')["errors"][0]["message"]
    assert refused == "Internal auth access denied"


def test_servers_that_act_for_a_user(meta: Client, meta2026: Client) -> None:
    assert meta.errors(OTHERS, internal=True) == ["Internal auth access denied"] * 2
    assert meta2026.data(OTHERS, internal=True)["user"] == {"username": "alice"}
    notice = '{ userByName(username: "mallory") { suspensionNotice userType } }'
    told = {"suspensionNotice": "spam", "userType": "SUSPENDED"}
    assert meta.data(notice, internal=True)["userByName"] == told
    assert meta2026.data(notice, internal=True)["userByName"] == told


def test_what_is_for_personal_tokens(meta: Client, meta2026: Client) -> None:
    query = "{ me { userType } }"
    assert meta.data(query)["me"]["userType"] == "ACTIVE_PAYING"
    assert meta.errors(query, token={"client": CLIENT}) == [PRIVATE]
    assert meta2026.data(query, token={"client": CLIENT})["me"]["userType"] == "USER"


def test_a_client_knows_its_grant(meta: Client) -> None:
    query = "{ myOauthGrant { id client { uuid owner { canonicalName } } } }"
    grant = {"id": 41, "client": {"uuid": CLIENT, "owner": {"canonicalName": "~alice"}}}
    assert meta.data(query, token={"client": CLIENT}) == {"myOauthGrant": grant}
    assert meta.data(query) == {"myOauthGrant": None}
    assert meta.data(query, token={"client": CLIENT, "grants": "meta.sr.ht/PROFILE"}) == {"myOauthGrant": None}


def test_a_webhook_tells_the_client_that_made_it(meta: Client) -> None:
    config = {"url": "https://x.example.org", "events": ["PROFILE_UPDATE"], "query": "{ webhook { uuid } }"}
    add = "mutation ($c: ProfileWebhookInput!) { createWebhook(config: $c) { id } }"
    made = meta.data(add, c=config, token={"client": CLIENT})["createWebhook"]["id"]
    shown = meta.data("query ($id: Int!) { profileWebhook(id: $id) { client { id } } }", id=made)
    assert shown["profileWebhook"] == {"client": {"id": 5}}


def test_a_token_that_was_taken_back(meta: Client) -> None:
    known = token_hash(meta.symbols.bearer("bob"))
    assert meta.data("{ me { id } }", user="bob")
    meta.sandbox.reset(Conditions.from_json(Conditions(revoked=(known,)).to_json()))
    refused = meta.ask("{ me { id } }", user="bob")["errors"][0]["message"]
    assert refused == "Authentication error: Invalid or expired OAuth 2.0 bearer token"
    assert meta.data(REVOKED, hash=known, internal=True) == {"tokenRevocationStatus": True}
    assert meta.data(REVOKED, hash=known[::-1], internal=True) == {"tokenRevocationStatus": False}


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "internal"])
def test_the_first_core_knows_one_spelling_of_schemes(meta: Client, meta2026: Client, scheme: str) -> None:
    for client, status in ((meta, 400), (meta2026, 200)):
        own = client.internal("jdoe") if scheme == "internal" else client.bearer("jdoe")
        header = {"Authorization": f"{scheme} {own['Authorization'].split(' ')[1]}"}
        answer = client.open("/query", "POST", json={"query": "{ me { id } }"}, headers=header)
        assert answer.status_code == status


def test_the_first_core_takes_no_number_for_a_text(meta: Client, meta2026: Client) -> None:
    query = "query ($name: String!) { userByName(username: $name) { id } }"
    assert meta.errors(query, name=5) == ["json.Number is not a string"]
    assert meta2026.data(query, name=5) == {"userByName": None}


def test_old_tokens_only_read(meta: Client) -> None:
    header = {"Authorization": f"Bearer {legacy_token('jdoe')}"}
    mutation = {"query": "mutation { updateUser(input: {}) { id } }"}
    answer = json.loads(meta.open("/query", "POST", json=mutation, headers=header).get_data())
    assert [error["message"] for error in answer["errors"]] == ["Access denied for invalid auth method"]
