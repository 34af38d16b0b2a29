"""Whose a body is."""

import base64
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shim.config import parse
from shim.settings import ConfigError
from shim.webhooks.sending.signature import Forged, Signer, Verifier, look
from tests.conftest import NETWORK_KEY, WEBHOOK_KEY

INI = "[git.sr.ht]\norigin = http://git.example.org\n"
BODY, NONCE = b'{"data":{}}', "0011223344556677"
INSTANCE = Ed25519PrivateKey.from_private_bytes(base64.b64decode(WEBHOOK_KEY))
PUBLIC = base64.b64encode(INSTANCE.public_key().public_bytes_raw()).decode()
OTHER = base64.b64encode(bytes(32)).decode()


def signature(body=BODY, nonce=NONCE):
    return base64.b64encode(INSTANCE.sign(body + nonce.encode())).decode()


def config(shim="", webhooks="", network=""):
    return parse(f"{INI}[shim]\n{shim}\n[webhooks]\n{webhooks}\n[sr.ht]\n{network}\n", "x")


@pytest.mark.parametrize(
    "settings", [{"shim": f"webhook-public-key = {PUBLIC}"}, {"webhooks": f"private-key = {WEBHOOK_KEY}"}]
)
def test_the_instances_bodies_are_known_by_its_public_key_or_the_private_one(settings):
    verifier = Verifier.of(config(**settings))
    verifier.verify(BODY, NONCE, signature())
    with pytest.raises(Forged):
        verifier.verify(BODY + b" ", NONCE, signature())
    with pytest.raises(Forged):
        verifier.verify(BODY, NONCE[::-1], signature())


def test_the_configured_public_key_counts_before_the_private_one():
    verifier = Verifier.of(config(f"webhook-public-key = {OTHER}", f"private-key = {WEBHOOK_KEY}"))
    with pytest.raises(Forged):
        verifier.verify(BODY, NONCE, signature())


def test_without_a_key_of_the_instance_nothing_can_be_verified():
    assert Verifier.of(config(network=f"network-key = {NETWORK_KEY}")) is None


@pytest.mark.parametrize(
    ("nonce", "signed"),
    [
        ("", signature()),
        (NONCE, ""),
        (NONCE, "!" * 88),
        (NONCE, signature()[:-4]),
        (NONCE, signature() + "AAAA"),
        (NONCE, signature()[:40] + "\n" + signature()[40:]),
        (NONCE, "\u00fc" * 88),
        (NONCE[:-1], signature(nonce=NONCE[:-1])),
        (NONCE + "0", signature(nonce=NONCE + "0")),
        ("\u0661" * 16, signature(nonce="\u0661" * 16)),
        (NONCE.upper() + "A", signature()),
        ("\n" + NONCE, signature(nonce="\n" + NONCE)),
    ],
)
def test_what_has_not_the_form_is_refused_alike(nonce, signed):
    with pytest.raises(Forged):
        look(nonce, signed)
    with pytest.raises(Forged):
        Verifier(PUBLIC).verify(BODY, nonce, signed)


def test_a_part_of_a_body_can_not_be_taken_for_a_part_of_the_nonce():
    body = b'{"data":{}}\n00'
    for cut in range(len(body)):
        with pytest.raises(Forged):
            Verifier(PUBLIC).verify(body[:cut], body[cut:].decode() + NONCE, signature(body))


def verified(public_key, body, nonce, signed):
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
    key.verify(base64.b64decode(signed), body + nonce.encode())


def test_each_signature_has_a_nonce_of_its_own():
    signer = Signer.of(config(network=f"network-key = {NETWORK_KEY}"))
    signed = [dict(signer.sign(BODY)) for _ in range(2)]
    for headers in signed:
        verified(signer.public_keys[0], BODY, headers["X-Payload-Nonce"], headers["X-Payload-Signature"])
    assert len({headers["X-Payload-Nonce"] for headers in signed}) == 2


def test_the_key_to_sign_with_is_the_configured_the_instances_or_a_derived_one():
    keys = f"webhook-signing-key = {OTHER}"
    network, private = f"network-key = {NETWORK_KEY}", f"private-key = {WEBHOOK_KEY}"
    own = Signer.of(config(keys, private, network)).public_keys
    instance = Signer.of(config("webhook-signing-key = instance", private, network)).public_keys
    derived = Signer.of(config("", private, network)).public_keys
    assert instance == (PUBLIC,)
    assert len({own, instance, derived}) == 3
    assert Signer.of(config("", private)) is None


def test_several_keys_sign_as_standard_webhooks_have_it():
    both = f"webhook-signing-key = {OTHER}, instance\nwebhook-standard-headers = yes"
    signer = Signer.of(config(both, f"private-key = {WEBHOOK_KEY}"))
    headers = dict(signer.standard(BODY, "u-1", 1700000000.9))
    signatures = headers["webhook-signature"].split(" ")
    assert {name: headers[name] for name in ("webhook-id", "webhook-timestamp")} == {
        "webhook-id": "u-1",
        "webhook-timestamp": "1700000000",
    }
    for key, text in zip(signer.public_keys, signatures, strict=True):
        version, _, signed = text.partition(",")
        assert version == "v1a"
        verified(key, b"u-1.1700000000." + BODY, "", signed)
    assert (
        Signer.of(replace(config(both, f"private-key = {WEBHOOK_KEY}"), webhook_standard_headers=False)).standard(
            BODY, "u-1", 0
        )
        == ()
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("webhook-signing-key = hunter2", "webhook-signing-key: is not base64 of 32 bytes"),
        (f"webhook-signing-key = {OTHER}, hunter2", "webhook-signing-key: is not base64 of 32 bytes"),
        ("webhook-signing-key = instance", "webhook-signing-key: the instance's key is not there"),
        ("webhook-public-key = hunter2", "webhook-public-key: is not base64 of 32 bytes"),
    ],
)
def test_keys_that_are_none_are_told_without_them(line, words):
    with pytest.raises(ConfigError, match="webhook") as caught:
        config(line)
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)
