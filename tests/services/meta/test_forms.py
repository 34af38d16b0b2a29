"""What the API cannot have meant is not passed on, nor does it crash what reads it."""

from __future__ import annotations

from typing import Any

import pytest

from shim.services.trace import LONGEST
from tests.services.meta.kit import ALDER, PROFILE, keys, ssh_key

ENTRY = {
    "id": 1,
    "ipAddress": "192.0.2.7",
    "eventType": "logged in",
    "details": None,
    "created": "2024-01-01T00:00:00Z",
}
ARMOUR = {"id": 77, "created": "2023-05-02T09:20:01Z", "key": "ARMOUR", "fingerprint": "0D1F", "user": ALDER}


def told(field: str, value: Any) -> tuple[str, dict[str, Any]]:
    """A path, and an answer in which a field has another value."""
    if field in ENTRY:
        return "/api/user/audit-log", {"data": {"auditLog": {"results": [{**ENTRY, field: value}], "cursor": None}}}
    if field == "fingerprint":
        return "/api/user/pgp-keys", keys({**ARMOUR, field: value}, kind="pgpKeys")
    if field in ("key", "lastUsed"):
        return "/api/user/ssh-keys", keys(ssh_key(**{field: value}))
    paid = {"userType": "USER", "paymentStatus": "CURRENT"}
    return "/api/user/profile", {"data": {"me": {**PROFILE, **paid, field: value}}}


@pytest.mark.parametrize("value", [5, True, ["x"], {"x": 1}])
@pytest.mark.parametrize(
    "field",
    [
        "key",
        "lastUsed",
        "fingerprint",
        "ipAddress",
        "eventType",
        "details",
        "userType",
        "paymentStatus",
        "email",
        "bio",
    ],
)
def test_a_text_of_another_type_is_a_fault_of_the_api(
    ask: Any, play: Any, logged: list[Any], field: str, value: Any
) -> None:
    path, answer = told(field, value)
    play(answer)
    assert ask(era="2026").open("GET", path, "alder").status_code == 502
    assert [entry["event"] for entry in logged] == ["upstream"]


def test_a_time_that_is_none_is_a_fault_of_the_api(meta: Any, play: Any, logged: list[Any]) -> None:
    play(keys(ssh_key(lastUsed="yesterday")))
    assert meta.open("GET", "/api/user/ssh-keys", "alder").status_code == 502
    assert [entry["event"] for entry in logged] == ["upstream"]


@pytest.mark.parametrize("code", [None, "ERR_INTERNAL"])
def test_what_the_api_says_at_length_does_not_fill_the_log(
    meta: Any, play: Any, logged: list[Any], code: str | None
) -> None:
    error = {"message": "x" * 100_000, "path": ["me"], "extensions": {"code": code}}
    play({"data": {"me": None}, "errors": [error]})
    assert meta.open("GET", "/api/user/ssh-keys", "alder").status_code == 502
    assert [len(entry["message"]) for entry in logged] == [LONGEST]
