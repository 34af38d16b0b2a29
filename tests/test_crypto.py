"""Sealed texts and tokens against the contract's vectors (conventions 15)."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim import crypto
from shim.crypto import BearerToken, SealError, TokenError

NETWORK_KEY = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
WEBHOOK_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
V1 = (
    "gAAAAABm1FdAAAAAAAAAAAAAAAAAAAAAAJiXLvW6lbx7Ps7ZcqD04GXIR9fpGaNIQwvttyYcseXKg0Sq_rj06-UswMSw9h4uzAxmTkIyd"
    "X4jrspHdCYAzBxNLBxnyKEOkSQ8X62xiYLs"
)
V2 = (
    "gAAAAABm1FdAAAAAAAAAAAAAAAAAAAAAANB-xQ5wQ6hm5jLCEi_Q9-TF2n82I-spTcd378eY9dQprOujGmSkM3jxa9dx7gsu7x_7Csd90v"
    "q6sPyEQMeFzsq9SvT_Q8RU2qMyHHrN1G5rVonF5cp-f_bCvyW28PjIjQ=="
)
V3 = "AAC5VWkAAAAAAAAEamRvZQb9ixQqy4U9++mF/gXcwSHJTuA4Cs5o6yOpLFyvDcq+"
V4 = (
    "AAC5VWkAAAAAL2dpdC5zci5odC9SRVBPU0lUT1JJRVM6Uk8gdG9kby5zci5odC9USUNLRVRTOlJXJDZkMWI2YTRlLTAwMDAtNDAwMC04MDAwLT"
    "AwMDAwMDAwMDAwMQRqZG9lId5n8/gftR5qpDtgAy8w53KgM1RMxHOyCw9esta76WQ"
)
SEALED_AT = 1725192000


def test_cursor_vector():
    assert crypto.unseal(NETWORK_KEY, V1) == {"count": 50, "next": "1042", "search": ""}


def test_internal_vector_is_valid_for_thirty_seconds():
    payload = crypto.unseal(NETWORK_KEY, V2, max_age=crypto.INTERNAL_MAX_AGE, now=SEALED_AT + 30)
    assert payload == {"name": "jdoe", "client_id": "shim", "node_id": "shim-1"}
    with pytest.raises(SealError):
        crypto.unseal(NETWORK_KEY, V2, max_age=crypto.INTERNAL_MAX_AGE, now=SEALED_AT + 31)


def test_internal_from_the_future_is_tolerated_for_a_minute():
    assert crypto.unseal(NETWORK_KEY, V2, max_age=30, now=SEALED_AT - 60)["name"] == "jdoe"
    with pytest.raises(SealError):
        crypto.unseal(NETWORK_KEY, V2, max_age=30, now=SEALED_AT - 61)


def test_seal_has_the_vectors_plaintext_and_time():
    text = crypto.seal(NETWORK_KEY, {"count": 50, "next": "1042", "search": ""}, now=SEALED_AT)
    assert len(text) == len(V1)
    assert text[:12] == V1[:12]


@pytest.mark.parametrize("text", ["", "x", V1[:-1], V1[:-5] + "AAAA=", "\u00e9", "a" * 200])
def test_what_was_not_sealed_is_refused(text):
    with pytest.raises(SealError):
        crypto.unseal(NETWORK_KEY, text)


def test_bearer_vector_is_minted_and_read():
    token = BearerToken(1767225600, "", "", "jdoe")
    assert token.mint(WEBHOOK_KEY) == V3
    assert BearerToken.verify(V3, WEBHOOK_KEY) == token


def test_bearer_vector_with_grants():
    token = BearerToken.verify(V4, WEBHOOK_KEY)
    assert token.mint(WEBHOOK_KEY) == V4
    assert token.grants == "git.sr.ht/REPOSITORIES:RO todo.sr.ht/TICKETS:RW"
    assert token.client == "6d1b6a4e-0000-4000-8000-000000000001"
    assert token.username == "jdoe"


@given(st.integers(-(2**63), 2**63 - 1), st.text(), st.text(max_size=40), st.text(max_size=300))
def test_bearer_round_trip(expires, grants, client, username):
    token = BearerToken(expires, grants, client, username)
    assert BearerToken.verify(token.mint(WEBHOOK_KEY), WEBHOOK_KEY) == token


@pytest.mark.parametrize(
    ("length", "prefix"), [(127, b"\x7f"), (128, b"\x80\x01"), (300, b"\xac\x02"), (16384, b"\x80\x80\x01")]
)
def test_long_texts_have_their_length_in_groups_of_seven_bits(length, prefix):
    token = BearerToken(1767225600, "g" * length, "", "jdoe")
    text = token.mint(WEBHOOK_KEY)
    assert base64.b64decode(text + "=" * (-len(text) % 4))[9:].startswith(prefix + b"g" * length + b"\0\x04jdoe")
    assert BearerToken.verify(text, WEBHOOK_KEY) == token


@given(st.binary(max_size=120))
def test_reading_a_token_never_crashes(data):
    text = base64.b64encode(data).decode().rstrip("=")
    try:
        token = BearerToken.read(text)
    except TokenError:
        return
    assert isinstance(token.username, str)


def test_a_changed_token_is_refused():
    with pytest.raises(TokenError):
        BearerToken.verify("B" + V3[1:], WEBHOOK_KEY)


def test_fingerprint_hides_the_credential_and_depends_on_the_key():
    one, other = crypto.fingerprint(b"one", V3), crypto.fingerprint(b"other", V3)
    assert one != other
    assert V3 not in json.dumps([one, other])
