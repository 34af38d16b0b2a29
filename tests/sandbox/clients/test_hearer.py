"""The receiver that tells of webhooks: whose they are, and nothing that could fool a terminal."""

from __future__ import annotations

import base64
import socket
from urllib.parse import urlsplit

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shim.sandbox.clients.hearer import LARGEST, hearing

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
NONCE = "0011223344556677"


@pytest.fixture
def heard():
    """The address of a receiver, and the lines that it tells."""
    lines = []
    with hearing("127.0.0.1", 0, PUBLIC, lines.append) as url:
        yield url, lines


def send(url, body, **headers):
    """The answer to a signed webhook; headers may be others."""
    signature = base64.b64encode(KEY.sign(body + NONCE.encode())).decode()
    signed = {"X-Payload-Nonce": NONCE, "X-Payload-Signature": signature}
    named = {"X-Webhook-Event": "repo:update", "X-Webhook-Delivery": "5b7a3c1e"}
    return requests.post(url, body, headers={**signed, **named, **headers}, timeout=10)


def test_a_webhook_is_a_line(heard):
    url, lines = heard
    answer = send(f"{url}/in", b'{"id": 1}\n{"more": 2}')
    assert (answer.status_code, answer.text) == (200, "Thanks\n")
    assert lines == ['hook  repo:update  5b7a3c1e  signature verifies  {"id": 1}']


@pytest.mark.parametrize(
    "changed",
    [
        {"X-Payload-Nonce": "1011223344556677"},
        {"X-Payload-Signature": "AAAA"},
        {"X-Payload-Signature": "é".encode().decode("latin-1")},
        {"X-Payload-Signature": None},
    ],
)
def test_what_somebody_else_has_signed_is_told_as_that(heard, changed):
    url, lines = heard
    assert send(url, b"{}", **changed).status_code == 200
    assert "SIGNATURE DOES NOT VERIFY" in lines[0]


def test_a_long_line_is_cut_and_what_moves_a_cursor_is_escaped(heard):
    url, lines = heard
    send(url, ("\x1b[2J\u202eü" + "x" * 500).encode())
    assert "\\x1b[2J\\u202eü" in lines[0]
    assert len(lines[0]) < 250
    assert lines[0].isprintable()


@pytest.mark.parametrize("length", [str(LARGEST + 1), "-1", "9" * 40, "x", "\u0663"])
def test_a_body_that_is_too_long_or_of_no_length_is_not_read(heard, length):
    url, lines = heard
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), 10) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: " + length.encode() + b"\r\n\r\n")
        assert b" 413 " in connection.recv(100)
    assert lines == []


def test_only_posts_are_taken(heard):
    assert requests.get(heard[0], timeout=10).status_code == 501
