from __future__ import annotations

import json
from typing import Any

import pytest

from shim.compare.cassettes.exchange import Caller, Request
from shim.compare.stand.credentials import Credentials
from shim.compare.stand.grants import SCOPES, grants
from shim.crypto import BearerToken, unseal
from shim.recordings.symbols import Names
from tests.compare.kit import DATASET, KEYS, NETWORK_KEY, PRIVATE_KEY

NOW = 1_790_000_000
READ_ONLY = "git.sr.ht/ACLS:RO git.sr.ht/OBJECTS:RO git.sr.ht/PROFILE:RO git.sr.ht/REPOSITORIES:RO"


def credentials(service: str = "git", **further: Any) -> Credentials:
    return Credentials(service, {**DATASET, **further}, KEYS, lambda: NOW)


def header(value: str, name: str = "Authorization", made: Credentials | None = None, names: Names | None = None) -> str:
    request = Request("GET", "http://git.example.org/", ((name, value),))
    return (made or credentials()).fill(request, names or Names()).headers[0][1]


def bearer(value: str, **further: Any) -> BearerToken:
    return BearerToken.verify(header(value, made=credentials(**further)).split()[-1], PRIVATE_KEY)


def test_a_token_of_a_user_has_all_grants() -> None:
    token = bearer("token {ann}")
    assert (token.username, token.grants, token.client) == ("ann", "", "")
    assert token.expires > NOW
    assert header("Bearer {ann}").startswith("Bearer ")


def test_kinds_of_one_user_differ() -> None:
    values = ["{ann}", "{ann/second}", "{ann/read}", "{ann/expired}", "{oauth2:ann}", "{ann/other}"]
    assert len({header(value) for value in values}) == len(values)
    assert header("token {ann}") == header("token {ann}")


def test_read_only_and_expired_kinds_need_no_data_set() -> None:
    assert bearer("token {ann/read}").grants == READ_ONLY
    assert bearer("token {ann/expired}").expires < NOW


@pytest.mark.parametrize(
    "rows",
    [
        {"legacy_tokens": [{"user": "ann", "kind": "all", "scopes": "info:write", "expires": "2030-01-01T00:00:00Z"}]},
        {"legacy_tokens": [{"user": 1, "symbol": "ann", "scopes": "info:write", "expires": "2030-01-01T00:00:00Z"}]},
        {"tokens": [{"user_id": 1, "name": "ann", "scopes": "info:write", "expires": "2030-01-01T00:00:00Z"}]},
    ],
)
def test_the_data_set_tells_scopes_and_expiry(rows: dict[str, Any]) -> None:
    token = bearer("token {ann}", **rows)
    assert token.grants == READ_ONLY.replace("REPOSITORIES:RO", "REPOSITORIES:RW")
    assert 1893456000 - 86400 < token.expires <= 1893456000


def test_a_third_party_token_belongs_to_an_oauth_client() -> None:
    row = {"user": "ann", "scopes": "*", "expires": "2030-01-01T00:00:00Z"}
    rows = [{**row, "kind": "first", "client": 1}, {**row, "kind": "third", "client": 2}]
    clients = [{"id": 1, "preauthorized": True}, {"id": 2, "preauthorized": False}]
    oauth2 = [{"uuid": "6d1b6a4e-0000-4000-8000-000000000001"}]
    known = {"legacy_tokens": rows, "legacy_clients": clients, "oauth2_clients": oauth2}
    assert bearer("token {ann/first}", **known).client == ""
    assert bearer("token {ann/third}", **known).client == oauth2[0]["uuid"]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("Internal {ann}", "Authorization"),
        ("{ann}", "X-Srht-Authorization"),
        ("{internal:ann}", "X-Srht-Authorization"),
    ],
)
def test_internal_authorizations_are_sealed_now(value: str, name: str) -> None:
    sealed = header(value, name).removeprefix("Internal ")
    assert unseal(NETWORK_KEY, sealed, max_age=30, now=NOW)["name"] == "ann"


def test_unknown_users_get_well_formed_credentials() -> None:
    assert bearer("token {nobody}").username == "nobody"
    assert unseal(NETWORK_KEY, header("Internal {nobody}").split()[1])["name"] == "nobody"


def test_an_old_internal_authorization_is_old() -> None:
    sealed = header("Internal {internal, 40 s old}").split()[1]
    assert unseal(NETWORK_KEY, sealed, max_age=45, now=NOW)["name"] == "ann"
    with pytest.raises(ValueError, match="too old"):
        unseal(NETWORK_KEY, sealed, max_age=30, now=NOW)


@pytest.mark.parametrize("payload", [{"username": "ann", "node_id": "b"}, {"name": None}, [1]])
def test_a_payload_is_sealed_as_it_is(payload: object) -> None:
    assert unseal(NETWORK_KEY, header(f"Internal {{{json.dumps(payload)}}}").split()[1]) == payload


def test_grants_can_be_named() -> None:
    assert bearer("token {oauth2:ann/git.sr.ht/PROFILE:RO}").grants == "git.sr.ht/PROFILE:RO"


@pytest.mark.parametrize("value", ["Basic eDp5", "token x y", "token", "Internal zzzz", "", "token {token:1}"])
def test_all_else_is_verbatim(value: str) -> None:
    assert header(value) == value


def test_a_token_that_was_answered_is_sent() -> None:
    assert header("token {token:1}", names=Names(values={"token:1": "00ff"})) == "token 00ff"


def test_only_cookies_of_users_are_sealed() -> None:
    value = header("sr.ht.unified-login.v1={ann}", "Cookie").partition("=")[2]
    assert unseal(NETWORK_KEY, value) == {"name": "ann"}
    assert header("sr.ht.unified-login.v1={garbage}", "Cookie") == "sr.ht.unified-login.v1={garbage}"


def test_tokens_as_values_in_bodies_and_urls() -> None:
    made, names = credentials(), Names()
    token = header("{ann/read}", made=made)
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    quoted = token.replace("/", "%2F").replace("+", "%2B")
    assert (
        made.fill(Request("POST", "http://h/", (), b'{"t": "{ann/read}"}'), names).body
        == f'{{"t": "{token}"}}'.encode()
    )
    assert made.fill(Request("POST", "http://h/", form, b"t={ann/read}"), names).body == f"t={quoted}".encode()
    assert made.fill(Request("GET", "http://h/{ann/read}"), names).url == f"http://h/{quoted}"
    assert made.fill(Request("POST", "http://h/", (), b'{"t": "{x}"}'), names).body == b'{"t": "{x}"}'
    assert made.fill(Request("POST", "http://h/", (), b"\xff{ann}"), names).body == b"\xff{ann}"


@pytest.mark.parametrize(
    ("headers", "caller"),
    [
        ((("Authorization", "token {ann}"),), Caller("ann", "active")),
        ((("Authorization", "token {sue/read}"),), Caller("sue", "suspended")),
        ((("Authorization", "Internal {new}"),), Caller("new", "unconfirmed")),
        ((("Authorization", "Bearer {oauth2:ghost}"),), Caller("ghost", "unknown")),
        ((("Authorization", "token {ann}"), ("X-Srht-Authorization", "{internal:sue}")), Caller("sue", "suspended")),
        ((("Authorization", "token x"),), Caller("", "anonymous")),
        ((), Caller("", "anonymous")),
    ],
)
def test_callers_and_their_standing(headers: tuple[tuple[str, str], ...], caller: Caller) -> None:
    assert credentials().caller(Request("GET", "http://h/", headers)) == caller


@pytest.mark.parametrize("service", sorted(SCOPES))
def test_reading_needs_no_particular_scope(service: str) -> None:
    given = grants(service, "profile:read").split()
    assert given == [f"{service}.sr.ht/{scope}:RO" for scope in SCOPES[service]]


def test_scopes_of_other_services_give_nothing() -> None:
    assert grants("git", "ffff/info:write,0123/data:write", "0123") == READ_ONLY.replace("OBJECTS:RO", "OBJECTS:RW")
    assert grants("git", "info") == READ_ONLY
    assert grants("git", "*") == ""
