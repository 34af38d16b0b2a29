"""Recorded exchanges: what of a response counts, and who answered webhooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from shim import crypto
from shim.recordings.answer import Answer
from shim.sandbox.check.exchange import compare, prepare, receivers
from shim.sandbox.check.symbols import LONG_AGO, Difference, Symbols
from shim.sandbox.instance import Instance
from shim.sandbox.instance.tokens import legacy_token


def _response(content: bytes, **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = 200
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    response._content = content
    return response


def _compare(expected: dict[str, Any], response: requests.Response) -> Difference | None:
    return compare({"status": 200, **expected}, response, Symbols(Instance()), "2024")


def test_a_header_that_differs() -> None:
    found = _compare({"content_disposition": "inline"}, _response(b"", Content_Disposition="attachment"))
    assert found == Difference("headers.Content-Disposition", "inline", "attachment")


def test_a_body_that_the_recorder_cut() -> None:
    body = "é" * 600
    assert _compare({"body": body}, _response(f"{body} and so on".encode())) is None
    assert _compare({"body": body[1:]}, _response(f"{body} and so on".encode())) is not None


def test_the_length_of_replaced_bytes_does_not_count() -> None:
    recorded = {"headers": {"Content-Length": "1"}}
    assert _compare({**recorded, "body": "\ufffd"}, _response("\ufffd".encode(), Content_Length="3")) is None
    assert _compare({**recorded, "body": "a"}, _response(b"a", Content_Length="3")) is not None


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Bearer {jdoe}", lambda symbols: f"Bearer {symbols.bearer('jdoe')}"),
        ("bearer {jdoe, expired}", lambda symbols: f"bearer {symbols.bearer('jdoe', expires=LONG_AGO)}"),
        ("Bearer {legacy:jdoe/read}", lambda _symbols: f"Bearer {legacy_token('jdoe/read')}"),
        ("Internal zzz", lambda _symbols: "Internal zzz"),
    ],
)
def test_credentials_by_symbol(text: str, sent: Callable[[Symbols], str]) -> None:
    symbols = Symbols(Instance())
    asked = prepare({"document": "{ me { id } }", "authorization": {"header": text}}, "http://localhost", symbols)
    assert asked.headers["Authorization"] == sent(symbols)


def test_internal_credentials_by_symbol() -> None:
    symbols = Symbols(Instance())
    asked = prepare({"authorization": {"header": "Internal {jdoe}"}}, "http://localhost", symbols)
    sealed = asked.headers["Authorization"].removeprefix("Internal ")
    assert crypto.unseal(symbols.instance.network_key, sealed)["name"] == "jdoe"


def test_receivers_are_known_by_the_subscription_where_no_address_stands() -> None:
    sent = {"responseHeaders": "X: 1\r\n", "responseStatus": 201, "responseBody": "ok"}
    bodies: list[Any] = [
        {"data": {"createUserWebhook": {"id": 1, "url": "http://u"}}},
        {"data": {"createTrackerWebhook": {"id": 1, "url": "http://t"}}},
        {"data": {"userWebhook": {"id": 1, "deliveries": {"results": [sent]}}}},
        {"data": {"trackerWebhook": {"id": 2, "deliveries": {"results": [sent]}}}},
    ]
    items = [{"response": {"body": body}} for body in bodies]
    assert receivers(items) == {"http://u": Answer(201, {"X": "1"}, b"ok")}
