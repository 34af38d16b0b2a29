"""Data sets: the shape of either era in either era, and what is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shim.sandbox import DataError, Sandbox

from ...conftest import ROOT, Client, open_client, spoilt

USERS = """
{ me { userType } userByName(username: "newbie") { userType } root: userByName(username: "root") { userType } }
"""
TYPES = {
    "2024": {"me": "ACTIVE_PAYING", "userByName": "UNCONFIRMED", "root": "ADMIN"},
    "2026": {"me": "USER", "userByName": "PENDING", "root": "ADMIN"},
}
LAST = "query ($c: Cursor) { me { sshKeys(cursor: $c) { results { id lastUsed comment user { username } } } } }"
ROOTS = {"2024": ROOT, "2026": ROOT / "era2026"}


def _cursor(client: Client) -> str:
    return client.symbols.fill('{forged:{"count": 1000, "next": ""}}')  # type: ignore[no-any-return]


@pytest.mark.parametrize("era", TYPES)
@pytest.mark.parametrize("shape", ROOTS)
def test_users_are_called_as_in_the_era(shape: str, era: str) -> None:
    told = open_client(ROOTS[shape], era, "meta").data(USERS)
    assert {name: user["userType"] for name, user in told.items()} == TYPES[era]


@pytest.mark.parametrize("shape", ROOTS)
def test_either_shape_in_either_era(shape: str) -> None:
    old, new = (open_client(ROOTS[shape], era, "meta") for era in ROOTS)
    keys = [client.data(LAST, c=_cursor(client))["me"]["sshKeys"]["results"] for client in (old, new)]
    assert keys[0] == keys[1] != []
    fields = "{ me { sshKeys { results { fingerprint } } } }", "{ me { sshKeys { results { rid keyType } } } }"
    for client, query in zip((old, new), fields, strict=True):
        assert all(all(row.values()) for row in client.data(query)["me"]["sshKeys"]["results"])


def test_what_users_of_2024_pay_is_told_in_2026() -> None:
    client = open_client(ROOT, "2026", "meta")
    paid = {user: client.data("{ me { paymentStatus } }", user=user)["me"]["paymentStatus"] for user in ("jdoe", "bob")}
    assert paid == {"jdoe": "CURRENT", "bob": "FREE"}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda rows: rows.pop("ssh_keys"), "'ssh_keys' is missing"),
        (lambda rows: rows["pgp_keys"][0].pop("key"), "'key' is missing"),
        (lambda rows: rows["ssh_keys"][0].update(user=99), "unknown user"),
        (lambda rows: rows["ssh_keys"][0].update(key="x"), "no key found"),
        (lambda rows: rows["ssh_keys"][0].update(fingerprint="00"), "its fingerprint is not 00"),
        (lambda rows: rows["pgp_keys"][0].update(key="x"), "no armored data found"),
        (lambda rows: rows["audit_log"][0].update(created="now"), "does not match"),
    ],
)
def test_what_is_no_data_set(tmp_path: Path, spoil: Callable[[dict[str, Any]], None], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Sandbox(spoilt(tmp_path, "meta", spoil), services=["meta"])
