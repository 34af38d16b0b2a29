"""What callers send to meta, and what becomes of it (meta 2.1, 7, 8)."""

from __future__ import annotations

from typing import Any

import pytest

from shim.services.answers import LOST
from tests.services.meta.kit import NOT_FOUND, PROFILE, failed

CHANGED = {"data": {"updateUser": PROFILE}}
GRANT = "Access denied for invalid auth method"


def reason(text: str, **field: str) -> dict[str, Any]:
    """An answer with one reason."""
    return {"errors": [{**field, "reason": text}]}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (5, reason("Expected url to be a string", field="url")),
        (1.5, reason("Expected url to be a string", field="url")),
        (10**400, reason("Expected url to be a string", field="url")),
        (True, reason("cannot use bool as String")),
        ([], reason("cannot use slice as String")),
        ({}, reason("cannot use map as String")),
    ],
)
def test_a_profile_takes_texts_alone(script: Any, meta: Any, value: Any, told: dict[str, Any]) -> None:
    answer = meta.open("PUT", "/api/user/profile", "alder", json={"url": value})
    assert (answer.status_code, answer.json) == (400, told)
    assert script.requests == []


@pytest.mark.parametrize("body", ['{"url": NaN}', '{"url": Infinity}', '{"url": -Infinity}'])
def test_a_number_that_is_none_crashes(script: Any, meta: Any, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    assert meta.open("PUT", "/api/user/profile", "alder", data=body, headers=headers).status_code == 500
    assert script.requests == []


@pytest.mark.parametrize("body", [{"name": "x"}, {"url": None, "avatar": "x"}, {"pronouns": "they"}, {"": ""}])
def test_a_profile_takes_nothing_else(script: Any, meta: Any, body: dict[str, Any]) -> None:
    answer = meta.open("PUT", "/api/user/profile", "alder", json=body)
    assert (answer.status_code, answer.json) == (400, reason("unknown field"))
    assert script.requests == []


@pytest.mark.parametrize(
    ("request_", "sent"),
    [
        ({"json": {}}, {}),
        ({"json": {"url": None}}, {"url": None}),
        ({"data": {"url": "https://x.example.org", "bio": ""}}, {"url": "https://x.example.org", "bio": ""}),
        ({"data": '{"url": "x"}', "headers": {"Content-Type": "application/json; charset=utf-8"}}, {}),
        ({"data": "x", "headers": {"Content-Type": "text/plain"}}, {}),
    ],
)
def test_a_profile_is_sent_as_it_came(
    script: Any, meta: Any, play: Any, request_: dict[str, Any], sent: dict[str, Any]
) -> None:
    play(CHANGED)
    assert meta.open("PUT", "/api/user/profile", "alder", **request_).status_code == 200
    assert script.asked[-1]["variables"] == {"input": sent}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, reason("ssh-key is required", field="ssh-key")),
        ([], reason("ssh-key is required", field="ssh-key")),
        ({}, reason("ssh-key is required", field="ssh-key")),
        (5, reason("json.Number is not a string")),
        (False, reason("cannot use bool as String")),
        (["x"], reason("cannot use slice as String")),
        ({"a": 1}, reason("cannot use map as String")),
    ],
)
def test_a_key_is_a_text(script: Any, meta: Any, value: Any, told: dict[str, Any]) -> None:
    answer = meta.open("POST", "/api/user/ssh-keys", "alder", json={"ssh-key": value})
    assert (answer.status_code, answer.json) == (400, told)
    assert script.requests == []


@pytest.mark.parametrize(
    ("answer", "status", "told"),
    [
        (failed("create", "internal system error"), 400, reason("internal system error")),
        (
            failed("create", "pq: value too long for type character varying(4096)"),
            400,
            reason("pq: value too long for type character varying(4096)"),
        ),
        (failed("create", "Not found"), 400, reason("Not found")),
        (failed("create", "context deadline exceeded"), 502, reason(LOST.format(service="meta"))),
        (
            failed("create", GRANT),
            403,
            reason("Your OAuth token is not permitted to use this endpoint (needs keys:write)"),
        ),
    ],
)
def test_what_the_api_has_against_a_key_is_told_as_it_says_it(
    meta: Any, play: Any, answer: Any, status: int, told: dict[str, Any]
) -> None:
    play(answer)
    found = meta.open("POST", "/api/user/ssh-keys", "alder", json={"ssh-key": "x"})
    assert (found.status_code, found.json) == (status, told)


def test_all_complaints_are_told_in_their_order(meta: Any, play: Any) -> None:
    texts = {"email": "Invalid email address (missing '@')", "url": "URL does not pass validation"}
    errors = [{"message": text, "path": ["updateUser"], "extensions": {"field": name}} for name, text in texts.items()]
    play({"data": {"update": None}, "errors": errors})
    answer = meta.open("PUT", "/api/user/profile", "alder", json={"email": "x", "url": "y"})
    assert answer.json == {"errors": [{"field": name, "reason": text} for name, text in texts.items()]}


def test_the_preferred_key_stays(meta: Any, play: Any) -> None:
    text = "PGP key ID 1 is set as the user's preferred PGP key. It must be unset before removing the key."
    play(failed("delete", text))
    answer = meta.open("DELETE", "/api/user/pgp-keys/1", "alder")
    assert (answer.status_code, answer.json) == (400, reason(text))


@pytest.mark.parametrize("path", ["/api/user/profile/", "/api/version/", "/api/user/ssh-keys/", "/api/user/webhooks/"])
def test_a_slash_at_the_end_is_another_path(meta: Any, path: str) -> None:
    answer = meta.open("GET", path, "alder")
    assert (answer.status_code, answer.json) == (404, NOT_FOUND)


def test_doubled_slashes_are_redirected(meta: Any) -> None:
    answer = meta.open("GET", "/api//user/profile", "alder")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"{meta.origin}/api/user/profile")


@pytest.mark.parametrize(
    ("grants", "path", "status"),
    [
        ("SSH_KEYS:RO PROFILE:RO", "/api/user/ssh-keys", 200),
        ("PGP_KEYS:RO PROFILE:RO", "/api/user/ssh-keys", 403),
        ("SSH_KEYS:RO", "/api/user/ssh-keys", 403),
        ("PGP_KEYS:RO PROFILE:RO", "/api/user/pgp-keys", 200),
        ("AUDIT_LOG:RO", "/api/user/audit-log", 200),
        ("PROFILE:RW", "/api/user/audit-log", 403),
    ],
)
def test_a_token_needs_the_grants_of_what_it_reads_alone(
    meta: Any, play: Any, grants: str, path: str, status: int
) -> None:
    empty = {"results": [], "cursor": None}
    play({"data": {"me": {**PROFILE, "sshKeys": empty, "pgpKeys": empty}, "auditLog": empty}})
    token = meta.token("alder", " ".join(f"meta.sr.ht/{grant}" for grant in grants.split()))
    answer = meta.open("GET", path, headers={"Authorization": f"token {token}"})
    assert answer.status_code == status


@pytest.mark.parametrize("body", ["{", "[]", '""', "null"])
def test_a_body_that_nobody_reads_does_not_matter(meta: Any, play: Any, body: str) -> None:
    play({"data": {"deleteSSHKey": {"id": 311}}})
    headers = {"Content-Type": "application/json"}
    assert meta.open("DELETE", "/api/user/ssh-keys/311", "alder", data=body, headers=headers).status_code == 204
