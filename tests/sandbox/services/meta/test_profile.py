"""Profiles: what may be in them, and what changing them leaves behind."""

from __future__ import annotations

from typing import Any

import pytest

from shim.sandbox.engine.errors import PANIC

from ...conftest import Client
from . import kit

DAILY = "You cannot change your email more than once per day"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"bio": "b" * 4095}, None),
        ({"bio": "b" * 4096}, "Bio may not exceed 4096 characters"),
        ({"bio": "ü" * 2048}, "Bio may not exceed 4096 characters"),
        ({"location": "l" * 255}, None),
        ({"location": "ü" * 128}, "Location may not exceed 255 characters"),
        ({"url": "gemini://x"}, None),
        ({"url": "mailto:x@example.org"}, "URL must have a host and a permitted scheme"),
        ({"email": "ALICE@EXAMPLE.ORG"}, None),
        ({"email": "alice@example.org"}, "The requested email address is already in use."),
    ],
)
def test_what_a_profile_takes(meta: Client, given: dict[str, str], message: str | None) -> None:
    answer = meta.ask(kit.EDIT, input=given)
    assert [error["message"] for error in answer.get("errors", [])] == ([message] if message else [])


def test_what_is_not_given_stays_and_null_clears(meta: Client) -> None:
    before = meta.store.users.named("jdoe")
    age = before.updated
    assert meta.data(kit.EDIT, input={"url": None, "location": ""})["updateUser"] == {
        "email": "jdoe@example.org",
        "url": None,
        "location": "",
        "bio": "Likes mail",
    }
    assert before.updated > age


def test_nothing_given_leaves_no_trace(meta: Client) -> None:
    before = kit.audited(meta)
    meta.data(kit.EDIT, input={})
    assert kit.audited(meta) == before


def test_another_address_is_asked_for_and_not_seen(meta: Client) -> None:
    assert meta.data(kit.EDIT, input={"email": "new@example.org"})["updateUser"]["email"] == "jdoe@example.org"
    change = ("Email change requested", "jdoe@example.org => new@example.org")
    assert kit.told(meta, 2) == [("Profile updated", "Profile updated"), change]


@pytest.mark.parametrize("email", ["@", "a@b c"])
def test_an_address_that_no_mail_can_go_to(meta: Client, email: str) -> None:
    assert meta.errors(kit.EDIT, input={"email": email, "url": None}) == [PANIC]
    assert kit.told(meta, 1) == [("Email change requested", f"jdoe@example.org => {email}")]
    assert meta.store.users.named("jdoe").url is not None


def test_one_change_of_address_a_day_in_2026(meta: Client, meta2026: Client) -> None:
    for client, messages in ((meta, []), (meta2026, [DAILY])):
        client.data(kit.EDIT, input={"email": "first@example.org"})
        answer = client.ask(kit.EDIT, input={"email": "second@example.org"})
        assert [error["message"] for error in answer.get("errors", [])] == messages


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({}, "127.0.0.1"),
        ({"X-Forwarded-For": "192.0.2.9, 198.51.100.1"}, "192.0.2.9"),
        ({"X-Forwarded-For": "2001:DB8::0009"}, "2001:db8::9"),
        ({"X-Real-IP": "192.0.2.1", "X-Forwarded-For": "192.0.2.9"}, "192.0.2.1"),
        ({"X-Forwarded-For": "unknown"}, "127.0.0.1"),
    ],
)
def test_whence_a_profile_is_changed(meta: Client, headers: dict[str, str], address: str) -> None:
    body: dict[str, Any] = {"query": kit.EDIT, "variables": {"input": {"bio": "x"}}}
    meta.open("/query", "POST", json=body, headers={**meta.bearer("jdoe"), **headers})
    assert kit.audited(meta)[0]["ipAddress"] == address


def test_an_account_that_is_deleted_takes_all_with_it(meta: Client) -> None:
    assert meta.data("mutation { deleteUser(reserve: false) }", user="bob", internal=True) == {"deleteUser": 3}
    assert meta.data('{ userByName(username: "bob") { id } }') == {"userByName": None}
    owned = (meta.store.ssh_keys, meta.store.pgp_keys, meta.store.audit_log, meta.store.oauth2_grants)
    assert not [row for table in owned for row in table if row.user.username == "bob"]
    assert meta.errors("mutation { deleteUser(reserve: false) }") == ["Internal auth access denied"]
