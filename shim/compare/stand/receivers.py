"""The receivers of a cassette's webhooks, played as its recorded deliveries show them.

Nothing is sent anywhere: a recording names hosts of other people.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from email.utils import formatdate
from typing import Any

import requests

from shim.compare.cassettes.cassette import Cassette
from shim.webhooks.sending.outcome import TIMEOUT, Outcome

_LATE, _BLOCK = -1, "\r\n"
NOBODY = Outcome(failure="refused")
"""What comes of a delivery to an address at which nobody was recorded to answer."""


class Receivers:
    """What the targets of a cassette answered, by their URLs."""

    def __init__(self, cassette: Cassette) -> None:
        bodies = (exchange.recorded.text for exchange in cassette.exchanges)
        told = [delivery for body in bodies for delivery in _deliveries(body)]
        self._outcomes = {delivery["url"]: _outcome(delivery) for delivery in sorted(told, key=_weight)}

    def post(self, request: requests.PreparedRequest, seconds: float) -> Outcome:
        """What comes of a delivery, whatever it holds."""
        return self._outcomes.get(str(request.url), NOBODY)


def _deliveries(body: str | None) -> Iterator[Mapping[str, Any]]:
    """The deliveries in a recorded answer, one or a page of them."""
    try:
        value = json.loads(body or "")
    except ValueError:
        return
    items = value.get("results", [value]) if isinstance(value, dict) else ()
    yield from (item for item in items if isinstance(item, dict) and "payload_headers" in item)


def _weight(delivery: Mapping[str, Any]) -> tuple[bool, bool]:
    """What is worth more stands behind: an answer, above all one whose headers stand in the target's own order."""
    block = str(delivery["response_headers"] or _BLOCK)
    return delivery["response_status"] >= _LATE, not block.endswith(_BLOCK)


def _outcome(delivery: Mapping[str, Any]) -> Outcome:
    status = delivery["response_status"]
    if status == _LATE:
        return Outcome(failure=TIMEOUT)
    if status < _LATE or delivery["response_headers"] is None:
        return NOBODY
    headers = tuple(_headers(delivery["response_headers"]))
    return Outcome(status, headers, _body(delivery["response"], dict(headers).get("Content-Length")))


def _body(text: str, length: str | None) -> bytes:
    """What a target answered: the Python sender read as Latin-1 what said nothing of its characters."""
    try:
        latin = text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()
    return latin if length == str(len(latin)) else text.encode()


def _headers(block: str) -> Iterator[tuple[str, str]]:
    for line in block.replace("{date}", formatdate(usegmt=True)).splitlines():
        name, _, value = line.partition(": ")
        yield name, value
