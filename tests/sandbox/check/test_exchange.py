"""Recorded exchanges: what of a response counts, and who answered webhooks."""

from __future__ import annotations

from typing import Any

import requests

from shim.recordings.answer import Answer
from shim.sandbox.check.exchange import compare, receivers
from shim.sandbox.check.symbols import Difference, Symbols
from shim.sandbox.instance import Instance


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
