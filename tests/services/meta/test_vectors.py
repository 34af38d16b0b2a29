"""The test vectors of the contract (meta 9), before a GraphQL server that answers as told there."""

from __future__ import annotations

from typing import Any

import pytest

from shim.crypto import BearerToken
from tests.conftest import WEBHOOK_KEY
from tests.kit import FAR
from tests.services.meta.kit import ALDER, B3, KEY311, KEY478, NOT_FOUND, PROFILE, failed, keys, ssh_key

SHOWN = {
    "id": 1042,
    "canonical_name": "~alder",
    "name": "alder",
    "user_type": "active_paying",
    "suspension_notice": None,
    "email": "alder@example.org",
    "url": "https://alder.example.org",
    "location": None,
    "bio": "Grows trees.",
    "use_pgp_key": None,
}
EMPTY = {"next": None, "results": [], "total": 0, "results_per_page": 50}
ERAS = pytest.mark.parametrize("era", ["2024", "2026"])
OF_2026 = [
    ({"userType": "ADMIN", "paymentStatus": "CURRENT"}, "admin"),
    ({"userType": "PENDING", "paymentStatus": "UNPAID"}, "unconfirmed"),
    ({"userType": "SUSPENDED", "paymentStatus": "UNPAID"}, "suspended"),
    ({"userType": "USER", "paymentStatus": "CURRENT"}, "active_paying"),
    ({"userType": "USER", "paymentStatus": "DELINQUENT"}, "active_delinquent"),
    ({"userType": "USER", "paymentStatus": "SUBSIDIZED"}, "active_free"),
    ({"userType": "USER", "paymentStatus": "FREE"}, "active_free"),
    ({"userType": "USER", "paymentStatus": "UNPAID"}, "active_non_paying"),
    ({"userType": "ACTIVE_PAYING", "paymentStatus": "UNPAID"}, "active_paying"),
]


def entries(first: int, last: int) -> list[dict[str, Any]]:
    """Entries of an audit log by their ids, downwards."""
    told = {"created": "2024-09-01T10:00:00Z", "ipAddress": "192.0.2.7", "eventType": "logged in", "details": None}
    return [{"id": number, **told} for number in range(first, last - 1, -1)]


def test_a_profile(meta: Any, play: Any) -> None:
    play({"data": {"me": {**PROFILE, "userType": "ACTIVE_PAYING"}}})
    assert meta.open("GET", "/api/user/profile", "alder").json == SHOWN


@ERAS
def test_a_profile_for_a_third_party_is_asked_for_without_what_that_may_not_see(
    script: Any, ask: Any, play: Any, era: str
) -> None:
    play({"data": {"me": PROFILE}})
    token = BearerToken(FAR, "meta.sr.ht/PROFILE:RO", "6d1b6a4e-0000-4000-8000-000000000001", "alder")
    headers = {"Authorization": f"token {token.mint(WEBHOOK_KEY)}"}
    found = ask(era=era).open("GET", "/api/user/profile", headers=headers).json
    assert found == {key: value for key, value in SHOWN.items() if key not in ("user_type", "suspension_notice")}
    assert [asked["operationName"] for asked in script.asked] == ["Profile"]


def test_a_profile_whose_kind_is_refused_is_asked_for_once_more(script: Any, meta: Any, play: Any) -> None:
    refused = {"message": "Private auth access denied", "path": ["me", "user_type"]}
    play({"data": None, "errors": [refused]}, {"data": {"me": PROFILE}})
    assert "user_type" not in meta.open("GET", "/api/user/profile", "alder").json
    assert [asked["operationName"] for asked in script.asked] == ["OwnProfile", "Profile"]


def test_a_profile_that_is_refused_altogether_is_not_asked_for_again(script: Any, meta: Any, play: Any) -> None:
    play({"data": None, "errors": [{"message": "Access denied, missing PROFILE:RO grant", "path": ["me"]}]})
    assert meta.open("GET", "/api/user/profile", "alder").status_code == 403
    assert len(script.asked) == 1


@pytest.mark.parametrize(("told", "old"), OF_2026)
def test_the_kinds_of_accounts_of_2026(ask: Any, play: Any, told: dict[str, str], old: str) -> None:
    play({"data": {"me": {**PROFILE, **told}}})
    assert ask(era="2026").get("/api/user/profile", "alder")["user_type"] == old


def test_who_may_not_see_payment_is_not_asked_about_it(script: Any, ask: Any, play: Any) -> None:
    play({"data": {"me": {**PROFILE, "userType": "USER", "paymentStatus": "CURRENT"}}})
    meta = ask(era="2026")
    headers = {"Authorization": f"token {meta.token('alder', 'meta.sr.ht/PROFILE:RO')}"}
    assert meta.open("GET", "/api/user/profile", headers=headers).json["user_type"] == "active_non_paying"
    assert script.asked[-1]["variables"] == {"billing": False}


def test_the_kinds_of_accounts_in_the_words_of_2026(ask: Any, play: Any) -> None:
    play({"data": {"me": {**PROFILE, "userType": "USER", "paymentStatus": "CURRENT"}}})
    assert ask(era="2026", user_types="2026").get("/api/user/profile", "alder")["user_type"] == "USER"


@ERAS
def test_ssh_keys_are_listed_alike_in_both_eras(ask: Any, play: Any, era: str) -> None:
    modern = era == "2026"
    play(keys(ssh_key(311, modern=modern), ssh_key(478, modern=modern)))
    meta = ask(era=era)
    expected = {"next": None, "results": [KEY478, KEY311], "total": 2, "results_per_page": 50}
    assert list(meta.get("/api/user/ssh-keys", "alder").items()) == list(expected.items())
    assert meta.get("/api/user/ssh-keys?start=400", "alder") == {**expected, "results": [KEY311]}


def test_one_ssh_key_and_none(meta: Any, play: Any) -> None:
    play(keys(ssh_key(311), ssh_key(478)))
    assert meta.get("/api/user/ssh-keys/311", "alder") == KEY311
    for path in ("999", "311/", "abc"):
        answer = meta.open("GET", f"/api/user/ssh-keys/{path}", "alder")
        assert (answer.status_code, answer.json) == (404, NOT_FOUND)


def test_a_new_ssh_key(script: Any, meta: Any, play: Any) -> None:
    line = f"ssh-ed25519 {B3} alder@laptop"
    made = {"id": 902, "created": "2024-09-03T08:15:30.123456Z", "lastUsed": None, "key": line}
    play({"data": {"createSSHKey": {**made, "comment": "alder@laptop"}}})
    answer = meta.open("POST", "/api/user/ssh-keys", "alder", json={"ssh-key": line})
    assert answer.status_code == 200
    assert list(answer.json.items()) == [
        ("id", 902),
        ("authorized", "2024-09-03T08:15:30.123456Z"),
        ("comment", "alder@laptop"),
        ("fingerprint", "fb:80:8d:5a:76:5b:77:2d:d6:a1:fe:62:fb:9f:07:56"),
        ("key", line),
        ("owner", {"canonicalName": "~alder", "name": "alder"}),
        ("last_used", None),
    ]
    assert "user" not in script.asked[-1]["query"]


def test_no_ssh_key_is_no_call(script: Any, meta: Any) -> None:
    answer = meta.open("POST", "/api/user/ssh-keys", "alder", json={})
    assert (answer.status_code, answer.json) == (
        400,
        {"errors": [{"field": "ssh-key", "reason": "ssh-key is required"}]},
    )
    assert script.requests == []


def test_a_bad_ssh_key(meta: Any, play: Any) -> None:
    play(failed("create", "Invalid SSH key format: ssh: no key found", field="key"))
    answer = meta.open("POST", "/api/user/ssh-keys", "alder", json={"ssh-key": "nonsense"})
    assert (answer.status_code, answer.json) == (
        400,
        {"errors": [{"field": "key", "reason": "Invalid SSH key format: ssh: no key found"}]},
    )


@pytest.mark.parametrize("gone", ["No such SSH key found for the authorized user.", "Not found"])
def test_a_removed_ssh_key(meta: Any, play: Any, gone: str) -> None:
    code = {"code": "ERR_NOT_FOUND"} if gone == "Not found" else {}
    play({"data": {"deleteSSHKey": {"id": 311}}}, failed("delete", gone, **code))
    answers = [meta.open("DELETE", "/api/user/ssh-keys/311", "alder") for _ in range(2)]
    assert [(answer.status_code, answer.json if answer.data else None) for answer in answers] == [
        (204, None),
        (404, NOT_FOUND),
    ]


def test_a_changed_profile(script: Any, meta: Any, play: Any) -> None:
    play({"data": {"updateUser": {**PROFILE, "url": None, "location": "Utrecht"}}})
    answer = meta.open("PUT", "/api/user/profile", "alder", json={"url": None, "location": "Utrecht"})
    assert list(answer.json.items()) == [
        ("canonicalName", "~alder"),
        ("name", "alder"),
        ("email", "alder@example.org"),
        ("url", None),
        ("location", "Utrecht"),
        ("bio", "Grows trees."),
    ]
    assert script.asked[-1]["variables"] == {"input": {"url": None, "location": "Utrecht"}}


def test_a_profile_that_is_refused(meta: Any, play: Any) -> None:
    text = "URL must have a host and a permitted scheme"
    play(failed("update", text, field="url"))
    answer = meta.open("PUT", "/api/user/profile", "alder", json={"url": "not a url"})
    assert (answer.status_code, answer.json) == (400, {"errors": [{"field": "url", "reason": text}]})


def test_a_new_pgp_key(meta: Any, play: Any) -> None:
    fingerprint = "5A6B7C8D9E0F1A2B3C4D5E6F708192A3B4C5D6E7"
    made = {"id": 78, "created": "2024-09-03T08:20:00Z", "key": "KEY", "fingerprint": fingerprint}
    play({"data": {"createPGPKey": made}})
    answer = meta.open("POST", "/api/user/pgp-keys", "alder", json={"pgp-key": "KEY"})
    assert answer.status_code == 200
    assert list(answer.json.items()) == [
        ("id", 78),
        ("key", "KEY"),
        ("key_id", fingerprint),
        ("authorized", "2024-09-03T08:20:00Z"),
        ("owner", {"canonicalName": "~alder", "name": "alder"}),
        ("email", "this_API_field_is_deprecated__parse_the_key_instead@example.org"),
    ]


def test_the_audit_log_without_the_network_key(script: Any, ask: Any, play: Any) -> None:
    pages = [entries(60, 36), entries(35, 11), entries(10, 1)]
    play(
        {"data": {"auditLog": {"results": pages[0], "cursor": "a"}}},
        {"data": {"auditLog": {"results": pages[1], "cursor": "b"}}},
        {"data": {"auditLog": {"results": pages[2], "cursor": None}}},
    )
    found = ask(paging="walk").get("/api/user/audit-log", "alder")
    assert [entry["id"] for entry in found["results"]] == list(range(60, 10, -1))
    assert (found["next"], found["total"], found["results_per_page"]) == ("10", 60, 50)
    assert list(found["results"][0].items()) == [
        ("id", 60),
        ("ip", "192.0.2.7"),
        ("action", "logged in"),
        ("details", None),
        ("created", "2024-09-01T10:00:00+00:00"),
    ]
    assert len(script.requests) == 3


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        (None, "No authorization supplied (expected an OAuth token)"),
        ("bearer x", "No authorization supplied (expected an OAuth token)"),
        ("token a b", "Invalid authorization supplied"),
        (f"token {'0' * 32}", "Invalid or expired OAuth token"),
    ],
)
def test_bad_authorization_is_401_on_meta(script: Any, meta: Any, authorization: str | None, reason: str) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = meta.open("GET", "/api/user/profile", headers=headers)
    assert (answer.status_code, answer.json) == (401, {"errors": [{"reason": reason}]})
    assert script.requests == []


def test_a_webhook_for_an_unknown_event(script: Any, meta: Any) -> None:
    body = {"url": "https://bot.example.org/h", "events": ["ssh-key:add", "nope"]}
    answer = meta.open("POST", "/api/user/webhooks", "alder", json=body)
    assert (answer.status_code, answer.json) == (
        400,
        {"errors": [{"field": "events", "reason": "Unsupported event type"}]},
    )
    assert script.requests == []


def test_many_ssh_keys_without_the_network_key_are_one_call(script: Any, ask: Any, play: Any) -> None:
    play(keys(*(ssh_key(number) for number in range(301, 326)), cursor="more"))
    answer = ask(paging="walk").open("GET", "/api/user/ssh-keys", "alder")
    assert [key["id"] for key in answer.json["results"]] == list(range(325, 300, -1))
    assert (answer.json["next"], answer.json["total"]) == (None, 25)
    assert answer.headers["X-Shim-Incomplete"] == "1"
    assert len(script.requests) == 1


def test_many_ssh_keys_with_the_network_key_are_paged(script: Any, meta: Any, play: Any) -> None:
    play(keys(*(ssh_key(number) for number in range(301, 361))))
    answer = meta.open("GET", "/api/user/ssh-keys", "alder")
    assert [key["id"] for key in answer.json["results"]] == list(range(360, 310, -1))
    assert (answer.json["next"], answer.json["total"]) == ("310", 60)
    assert "X-Shim-Incomplete" not in answer.headers
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("number", "status"), [(301, 200), (300, 404), (326, 501), (2**31 - 1, 501), (2**31, 404), (0, 404)]
)
def test_a_key_that_may_be_there_is_not_called_missing(ask: Any, play: Any, number: int, status: int) -> None:
    play(keys(*(ssh_key(number) for number in range(301, 326)), cursor="more"))
    answer = ask(paging="walk").open("GET", f"/api/user/ssh-keys/{number}", "alder")
    assert answer.status_code == status
    if status == 501:
        assert answer.json == {"errors": [{"reason": "Key listing is limited to 25 keys by the GraphQL API"}]}


def test_whose_a_new_key_is_is_asked_for_where_nobody_told(script: Any, meta: Any, play: Any) -> None:
    line = f"ssh-ed25519 {B3}"
    made = {"id": 902, "created": "2024-09-03T08:15:30Z", "lastUsed": None, "key": line, "comment": None}
    play({"data": {"me": ALDER}}, {"data": {"createSSHKey": made}})
    meta = meta.__class__("meta", script.origin, {("shim", "legacy-tokens"): "yes"})
    headers = {"Authorization": f"token {'0' * 32}"}
    answer = meta.open("POST", "/api/user/ssh-keys", json={"ssh-key": line}, headers=headers)
    assert (answer.json["owner"], answer.json["comment"]) == ({"canonicalName": "~alder", "name": "alder"}, None)
    assert [asked["operationName"] for asked in script.asked] == ["User", "CreateSSHKey"]


def test_a_pgp_key_list_is_empty(meta: Any, play: Any) -> None:
    play(keys(kind="pgpKeys"))
    assert meta.get("/api/user/pgp-keys", "alder") == EMPTY
