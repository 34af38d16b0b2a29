"""Whom a call is counted for: nobody whose credential was not proven."""

from __future__ import annotations

import pytest

from shim.config import parse
from shim.settings import ConfigError
from shim.usage.identity import Identity, Proofs
from tests.conftest import NETWORK_KEY
from tests.usage.kit import exchange

OTHER_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def test_names_are_kept_as_configured():
    hashed = Identity("hash", NETWORK_KEY).stored("ann")
    assert Identity("name", NETWORK_KEY).stored("ann") == "ann"
    assert Identity("none", None).stored("ann") == ""
    assert hashed.startswith("hash:")
    assert len(hashed) == len("hash:") + 32
    assert hashed == Identity("hash", NETWORK_KEY).stored("ann")
    assert hashed not in {Identity("hash", OTHER_KEY).stored("ann"), Identity("hash", NETWORK_KEY).stored("bob")}


@pytest.mark.parametrize("name", ["", "a b", "<b>", "a" * 65, "ann\n", "änn", "=1+1", "(other)", "hash:00", "~ann"])
@pytest.mark.parametrize("kept", ["name", "hash"])
def test_what_can_be_no_name_is_nobody(name, kept):
    assert Identity(kept, NETWORK_KEY).stored(name) == ""


def test_a_user_is_found_under_every_form():
    identity = Identity("name", NETWORK_KEY)
    hashed = identity.hashed("ann")
    assert identity.forms("~ann") == identity.forms("ann") == ("ann", hashed)
    assert identity.forms(hashed) == (hashed,)
    assert Identity("name", None).forms("ann") == ("ann",)


def test_hashes_need_the_network_key():
    ini = "[git.sr.ht]\norigin = http://git.example.org\n[shim]\nusage-identity = hash\n"
    with pytest.raises(ConfigError, match="usage-identity: hashed names need"):
        parse(ini, "x")
    assert parse(f"{ini}[sr.ht]\nnetwork-key = {NETWORK_KEY}\n", "x").usage_identity == "hash"
    with pytest.raises(ValueError, match="network key"):
        Identity("hash", None)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "token"),
        ({"scheme": "Bearer"}, "bearer"),
        ({"scheme": "Bearer", "accepted": False}, "unverified"),
        ({"accepted": False, "verified": True}, "token"),
        ({"scheme": "", "accepted": False, "caller": None, "fingerprint": ""}, "none"),
        ({"scheme": "token", "accepted": False, "caller": None, "fingerprint": ""}, "unverified"),
        ({"scheme": "Internal", "accepted": False}, "internal"),
        ({"scheme": "Internal", "accepted": False, "caller": None}, "unverified"),
    ],
)
def test_a_credential_is_proven_by_the_api_or_by_a_key(changes, kind):
    assert Proofs().kind(exchange(**changes)) == kind


def test_what_was_proven_lately_still_is():
    proofs = Proofs(most=2)
    mine, forged = exchange(fingerprint="a"), exchange(fingerprint="b", accepted=False)
    assert [proofs.kind(each) for each in (mine, mine._replace(accepted=False), forged)] == [
        "token",
        "token",
        "unverified",
    ]
    for fingerprint in ("c", "a", "d"):
        proofs.kind(exchange(fingerprint=fingerprint))
    assert proofs.kind(mine._replace(accepted=False)) == "token"
    assert proofs.kind(exchange(fingerprint="c", accepted=False)) == "unverified"
