"""What of a User-Agent is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.crypto import BearerToken
from shim.usage.agents import LONGEST, product
from tests.conftest import WEBHOOK_KEY

TOKEN = BearerToken(4102444800, "", "", "ann").mint(WEBHOOK_KEY)


@pytest.mark.parametrize(
    ("agent", "kept"),
    [
        ("hut/0.4.0", "hut/0.4.0"),
        ("  curl/8.5.0 (x86_64)", "curl/8.5.0"),
        ("Mozilla/5.0 (mailto:ann@example.org) Gecko", "Mozilla/5.0"),
        ("python-requests/2.31.0+local", "python-requests/2.31.0+local"),
        ("my_very_long_program_name/1.0", "my_very_long_program_name/1.0"),
        ("KubernetesClientLibrary/1.2", "KubernetesClientLibrary/1.2"),
        ("", ""),
        ("/1.0", ""),
        ("(curl)", ""),
        ("hut/0.4.0;ann@example.org", "hut/0.4.0"),
        ("xy-" * 21 + "x", "xy-" * 21 + "x"),
        ("xy-" * 22, "(other)"),
    ],
)
def test_the_first_product_is_kept(agent, kept):
    assert product(agent) == kept


@pytest.mark.parametrize(
    "secret",
    [
        TOKEN,
        TOKEN[:40],
        "0123456789abcdef0123456789abcdef",
        "f47ac10b-58cc-4372-a567-0e02b2c3d479",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
        f"hut/{TOKEN}",
        f"hut:{TOKEN}",
        f"token={TOKEN}",
    ],
)
def test_what_looks_like_a_credential_is_not(secret):
    kept = product(secret)
    assert kept in ("", "(other)")


@given(st.text(max_size=200))
def test_whatever_is_sent_is_bounded_and_plain(agent):
    kept = product(agent)
    assert len(kept) <= LONGEST
    assert kept in ("", "(other)") or kept.isascii()


@given(st.integers(0, 2**40), st.sampled_from(["ann", "bob-the-builder", "x" * 30]))
def test_no_token_passes(expires, name):
    assert product(BearerToken(expires, "", "", name).mint(WEBHOOK_KEY)) in ("", "(other)")
