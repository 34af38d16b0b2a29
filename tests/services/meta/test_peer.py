"""The API is told from where a caller calls, which its audit log notes, as far as that can be believed (meta 4.1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit import Asker
from tests.services.meta.kit import PROFILE

PEERS = [
    ("", {}, "127.0.0.1"),
    ("", {"X-Forwarded-For": "192.0.2.7"}, "127.0.0.1"),
    ("", {"X-Forwarded-For": "x" * 5000}, "127.0.0.1"),
    ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, "192.0.2.7"),
    ("127.0.0.1", {"X-Forwarded-For": "198.51.100.1, 192.0.2.7"}, "192.0.2.7"),
    ("127.0.0.1, 10.0.0.0/8", {"X-Forwarded-For": "192.0.2.7, 10.0.0.1"}, "192.0.2.7"),
    ("127.0.0.1", {"Forwarded": 'for="[2001:db8::1]:4711"'}, "2001:db8::1"),
    ("127.0.0.1", {"X-Forwarded-For": "nobody\r"}, "127.0.0.1"),
]


@pytest.mark.parametrize(("trusted", "headers", "told"), PEERS)
def test_the_api_is_told_of_the_address_that_can_be_believed(
    script: Any, trusted: str, headers: dict[str, str], told: str
) -> None:
    meta = Asker("meta", script.origin, {("shim", "trusted-proxies"): trusted})
    script.steps = [{"data": {"update": PROFILE}}]
    headers = {name: value.rstrip("\r") for name, value in headers.items()}
    meta.open("PUT", "/api/user/profile", "alder", json={}, headers=headers)
    assert [request["headers"]["X-Forwarded-For"] for request in script.requests] == [told]


def test_nothing_is_told_of_a_connection_without_an_address(script: Any, meta: Asker) -> None:
    application = meta.application("meta")
    script.steps = [{"data": {"update": PROFILE}}]
    headers = meta.credential("alder")
    client = application.test_client()
    client.put("/api/user/profile", json={}, headers=headers, environ_overrides={"REMOTE_ADDR": ""})
    assert ["X-Forwarded-For" in request["headers"] for request in script.requests] == [False]
