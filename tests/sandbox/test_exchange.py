"""Recorded exchanges: what of a response counts, and who answered webhooks."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
import requests

from shim.recordings.answer import Answer
from shim.sandbox.exchange import compare, receivers
from shim.sandbox.instance import Instance
from shim.sandbox.symbols import Difference, Symbols

ZIPPED = {"Content_Type": "application/gzip"}
SIGNED = {"id": 1, "X-Payload-Signature": "A" * 86 + "==", "X-Payload-Nonce": "0123456789abcdef"}
OTHERWISE = {"id": 1, "X-Payload-Signature": "B" * 86 + "==", "X-Payload-Nonce": "fedcba9876543210"}


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


@pytest.mark.parametrize("cut", [None, 20, 60])
@pytest.mark.parametrize("prefix", ["", "{gzip of} "])
def test_zipped_answers_agree_but_for_their_signatures(prefix: str, cut: int | None) -> None:
    response = _response(gzip.compress(json.dumps(SIGNED).encode()), **ZIPPED)
    text = prefix + json.dumps(OTHERWISE)[:cut]
    assert _compare({"body": text}, response) is None
    assert _compare({"body": OTHERWISE}, response) is None


@pytest.mark.parametrize(
    ("expected", "content"),
    [
        ({"id": 2}, gzip.compress(b'{"id": 1}')),
        ('{gzip of} {"id": 2', gzip.compress(b'{"id": 1}')),
        ({"id": 1}, b'{"id": 1}'),
        ({"id": 1}, gzip.compress(b"none")),
    ],
)
def test_zipped_answers_that_differ(expected: Any, content: bytes) -> None:
    found = _compare({"body": expected}, _response(content, **ZIPPED))
    assert found is not None
    assert found.path == "body"


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
