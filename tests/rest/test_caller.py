"""Every row of conventions 3.2, in order, on an app of its own."""

import ipaddress
import json

import pytest

from shim import crypto
from shim.crypto import BearerToken
from shim.rest.caller import INVALID_TOKEN, Policy, invalid_token
from tests.conftest import NETWORK_KEY, WEBHOOK_KEY
from tests.toy import client

NONE = "No authorization supplied (expected an OAuth token)"
TWO = "Invalid authorization supplied"
BAD = "Invalid or expired OAuth token"
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


def token(grants="", **facts):
    return BearerToken(facts.get("expires", 4102444800), grants, "", facts.get("name", "jdoe")).mint(WEBHOOK_KEY)


def ask(path="/api/free", authorization=None, headers=None, body=None, **config):
    sent = dict(headers or {})
    if authorization is not None:
        sent["Authorization"] = authorization
    answer = client(**config).get(path, headers=sent, data=body)
    return answer.status_code, answer.get_data(as_text=True)


def reasons(*texts):
    return json.dumps({"errors": [{"reason": text} for text in texts]})


@pytest.mark.parametrize(
    "header",
    [None, "", "Basic eDp5", f"bearer {token()}", f"Token {token()}", "token", "Bearer", "Internal", token()],
)
def test_row_2_no_known_scheme(header):
    assert ask(authorization=header) == (401, reasons(NONE))


@pytest.mark.parametrize("header", ["token a b", f"token  {token()}", f"Bearer {token()} x", "Internal a b"])
def test_row_3_not_two_parts(header):
    assert ask(authorization=header) == (401, reasons(TWO))


@pytest.mark.parametrize("text", ["x", "0123456789abcdef0123456789abcdef", "A" * 40 + "-", "B" * 60, "%" * 40])
def test_row_6_what_can_be_no_token_is_refused_without_asking(text):
    assert ask(authorization=f"token {text}") == (400, reasons(BAD))


def test_row_10_a_route_without_scope_takes_any_token():
    assert ask(authorization=f"token {token('other.sr.ht/X:RO')}") == (200, '{"ok": true}')


@pytest.mark.parametrize("scheme", ["token", "Bearer"])
def test_both_schemes_are_the_same(scheme):
    assert ask(authorization=f"{scheme} {token()}")[0] == 200


@pytest.mark.parametrize(
    ("grants", "status"),
    [
        ("", 200),
        ("toy.sr.ht/PROFILE toy.sr.ht/THINGS", 200),
        ("toy.sr.ht/PROFILE:RW toy.sr.ht/THINGS:RW", 200),
        ("toy.sr.ht/THINGS:RO", 403),
        ("git.sr.ht/PROFILE git.sr.ht/THINGS", 403),
    ],
)
def test_row_11_the_tokens_own_grants_refuse_early(grants, status):
    answer = ask("/api/things?start=0", f"token {token(grants)}")
    assert answer[0] == status
    if status == 403:
        text = "Your OAuth token is not permitted to use this endpoint (needs 0123456789abcdef/things:read)"
        assert answer[1] == reasons(text)


def test_a_read_only_token_does_not_reach_validation():
    answer = client().post("/api/things", headers={"Authorization": f"token {token('toy.sr.ht/THINGS:RO')}"})
    challenge = 'Bearer error="insufficient_scope", scope="toy.sr.ht/THINGS:RW"'
    assert answer.headers["WWW-Authenticate"] == challenge
    assert answer.status_code == 403
    assert answer.json["errors"][0]["reason"].endswith("(needs 0123456789abcdef/things:write)")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [("{", "Invalid JSON provided"), ("", "Invalid JSON provided"), ("[]", "Expected JSON dictionary")],
)
@pytest.mark.parametrize(("header", "reason"), [(None, NONE), ("token a b", TWO)])
def test_bad_json_comes_first(body, complaint, header, reason):
    headers = {"Content-Type": "application/json"}
    assert ask(authorization=header, headers=headers, body=body) == (401, reasons(complaint, reason))


def test_bad_json_never_precedes_metas_own_refusal():
    answer = ask(authorization="token x", headers={"Content-Type": "application/json"}, body="{")
    assert answer == (400, reasons(BAD))


def test_row_5_bad_json_precedes_the_refusal_where_it_is_the_services_own():
    bad = {"reason": "Invalid JSON provided"}
    own = invalid_token(Policy(b"", invalid_token=401)).after([bad])
    passed_on = invalid_token(Policy(b"", invalid_token=400)).after([bad])
    assert json.loads(own.response().get_data())["errors"] == [bad, {"reason": INVALID_TOKEN}]
    assert json.loads(passed_on.response().get_data())["errors"] == [{"reason": INVALID_TOKEN}]


def test_bad_json_with_charset_is_a_form_and_no_complaint():
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert ask(headers=headers, body="{") == (401, reasons(NONE))


def test_a_get_with_a_bad_body_succeeds_when_authorized():
    headers = {"Content-Type": "application/json"}
    assert ask(authorization=f"token {token()}", headers=headers, body="null")[0] == 200


class TestInternal:
    """Internal authorization: off by default, then only from listed peers (3.5, design D6)."""

    refused = (403, '{"reason": "Internal request authorization failed."}')

    def sealed(self, **payload):
        return crypto.seal(NETWORK_KEY, {"client_id": "c", "node_id": "n", "name": "jdoe", **payload})

    def test_is_off_by_default(self):
        assert ask(authorization=f"Internal {self.sealed()}") == self.refused

    def test_is_refused_from_other_peers(self):
        others = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1/128"))
        assert ask(authorization=f"Internal {self.sealed()}", internal_ipnet=others) == self.refused

    def test_is_taken_from_listed_peers(self):
        assert ask(authorization=f"Internal {self.sealed()}", internal_ipnet=LOOPBACK)[0] == 200

    @pytest.mark.parametrize("value", ["zzzz", "gAAAAA=="])
    def test_garbage_is_refused(self, value):
        assert ask(authorization=f"Internal {value}", internal_ipnet=LOOPBACK) == self.refused

    def test_too_old_is_refused(self):
        old = crypto.seal(NETWORK_KEY, {"name": "jdoe", "node_id": "n"}, now=1725192000)
        assert ask(authorization=f"Internal {old}", internal_ipnet=LOOPBACK) == self.refused

    def test_the_other_header_wins(self):
        headers = {"X-Srht-Authorization": "garbage"}
        assert ask(authorization=f"token {token()}", headers=headers, internal_ipnet=LOOPBACK) == self.refused
        headers = {"X-Srht-Authorization": self.sealed()}
        assert ask(authorization="token x", headers=headers, internal_ipnet=LOOPBACK)[0] == 200

    def test_an_empty_other_header_does_not_count(self):
        assert ask(authorization=f"token {token()}", headers={"X-Srht-Authorization": ""})[0] == 200

    @pytest.mark.parametrize("payload", [{"name": "jdoe"}, {"node_id": "n"}, {"node_id": "n", "name": None}])
    def test_an_incomplete_payload_crashed(self, payload):
        sealed = crypto.seal(NETWORK_KEY, payload)
        assert ask(authorization=f"Internal {sealed}", internal_ipnet=LOOPBACK)[0] == 500

    @pytest.mark.parametrize("name", ["", "a\0b", 5])
    def test_nobodys_name_goes_upstream_where_it_would_mean_anonymous_access(self, script, name):
        headers = {"Authorization": f"Internal {self.sealed(name=name)}"}
        answer = client(script.origin, internal_ipnet=LOOPBACK).get("/api/user", headers=headers)
        assert (answer.status_code, script.requests) == (500, [])

    def test_nesting_beyond_reading_is_garbage(self):
        sealed = crypto.Fernet(NETWORK_KEY).encrypt(b"[" * 100_000).decode()
        assert ask(authorization=f"Internal {sealed}", internal_ipnet=LOOPBACK) == self.refused

    def test_is_never_preceded_by_a_complaint(self):
        headers = {"Content-Type": "application/json"}
        assert ask(authorization="Internal zzzz", headers=headers, body="{", internal_ipnet=LOOPBACK) == self.refused

    @pytest.mark.parametrize("key", ["name", "username"])
    def test_is_sealed_anew_with_the_name_that_upstream_reads(self, script, key):
        script.steps = [{"data": {"owner": {"name": "jdoe"}}}]
        sealed = crypto.seal(NETWORK_KEY, {"node_id": "n", key: "jdoe"})
        headers = {"Authorization": f"Internal {sealed}"}
        client(script.origin, internal_ipnet=LOOPBACK).get("/api/user", headers=headers)
        sent = script.requests[0]["headers"]["Authorization"].removeprefix("Internal ")
        assert crypto.unseal(NETWORK_KEY, sent, max_age=30)["name"] == "jdoe"
        assert sent != sealed

    def test_is_relayed_as_it_is_without_the_key(self, script):
        script.steps = [{"data": {"owner": {"name": "jdoe"}}}]
        sealed = self.sealed()
        relay = client(script.origin, internal_ipnet=LOOPBACK, network_key=None)
        relay.get("/api/user", headers={"Authorization": f"Internal {sealed}"})
        assert script.requests[0]["headers"]["Authorization"] == f"Internal {sealed}"


class TestLegacyTokens:
    """32 hex digits go upstream only where the operator says that this instance still knows them."""

    old = "0123456789abcdef0123456789abcdef"

    def test_are_refused_by_default(self, script):
        assert ask(authorization=f"token {self.old}") == (400, reasons(BAD))
        assert script.requests == []

    def test_are_forwarded_by_setting(self, script):
        script.steps = [{"data": {"owner": {"name": "jdoe"}}}]
        answer = client(script.origin, legacy_tokens=True).get(
            "/api/user", headers={"Authorization": f"token {self.old}"}
        )
        assert answer.status_code == 200
        assert script.requests[0]["headers"]["Authorization"] == f"Bearer {self.old}"
