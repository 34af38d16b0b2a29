"""Recorded exchanges and deliveries, for tests that play them without a socket."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from shim.sandbox.check.exchange import Item, prepare

from .conftest import Client


def load(path: Path) -> list[dict[str, Any]]:
    """The items of a file."""
    return yaml.load(path.read_bytes(), yaml.CSafeLoader)  # type: ignore[no-any-return]


def play(client: Client, items: Iterable[Item]) -> None:
    """Send the requests of exchanges; the deliveries of each go out before the next."""
    for item in items:
        request = prepare(item, "http://localhost", client.symbols)
        client.open("/query", "POST", data=request.body, headers=dict(request.headers))
        client.sandbox.drain()


def assert_got(client: Client, expected: list[dict[str, Any]]) -> None:
    """Compare what receivers that answer got with recorded deliveries, in order."""
    answering = client.receiver.answers
    got = [(url, headers, body) for url, headers, body in client.receiver.got if url in answering]
    assert [urlsplit(url).path for url, _, _ in got] == [delivery["path"] for delivery in expected]
    for (_, headers, body), delivery in zip(got, expected, strict=True):
        wanted = {name: value for name, value in delivery["headers"].items() if name != "User-Agent"}
        shown = {name: value for name, value in headers.items() if name in wanted}
        assert client.symbols.compare(wanted, shown) is None
        assert client.symbols.compare(delivery["body"], body.decode()) is None
