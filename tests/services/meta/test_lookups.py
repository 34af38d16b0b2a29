"""Keys of anybody for anybody, by a credential of the operator's (meta 2.2 rows 21 and 22, 5)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shim.config import parse
from shim.crypto import BearerToken
from shim.services.meta import keytext
from shim.services.meta.lookups import UNCONFIGURED, UNTOLD
from shim.services.stand_in import UNUSABLE
from shim.upstream import Era
from tests.conftest import WEBHOOK_KEY
from tests.kit import FAR
from tests.services.meta.kit import ALDER, B1, B2, KEY311, NOT_FOUND, OWN, REFUSED, ssh_key

GRANTS = "meta.sr.ht/PROFILE:RO meta.sr.ht/SSH_KEYS:RO meta.sr.ht/PGP_KEYS:RO"
TOKEN = BearerToken(FAR, GRANTS, "", "reader").mint(WEBHOOK_KEY)
SSH, PGP = f"/api/ssh-key/{B1}", "/api/pgp-key/0d1f4c2e9b7a6d5838e1a2b3c4d5e6f708192a3b"
FOUND = {"data": {"sshKeyByFingerprint": ssh_key()}}
NONE = {"data": {"sshKeyByFingerprint": None, "pgpKeyByFingerprint": None}}
FINGERPRINT = "0D1F4C2E9B7A6D5838E1A2B3C4D5E6F708192A3B"
ARMOUR = {"id": 77, "created": "2023-05-02T09:20:01Z", "key": "ARMOUR", "fingerprint": FINGERPRINT, "user": ALDER}
ANYBODY = [
    {},
    {"Authorization": "token a b"},
    {"Authorization": f"token {'0' * 32}"},
    {"Authorization": "Internal zzzz"},
    {"X-Srht-Authorization": "zz"},
]


@pytest.fixture
def lookup(ask: Any) -> Any:
    """Asks meta, with a credential that stands in."""
    return ask(lookup_token=TOKEN)


@pytest.mark.parametrize("headers", ANYBODY)
def test_an_ssh_key_is_found_for_anybody(script: Any, lookup: Any, play: Any, headers: dict[str, str]) -> None:
    play(FOUND)
    answer = lookup.open("GET", SSH, headers=headers)
    shown = {key: value for key, value in KEY311.items() if key != "last_used"}
    assert (answer.status_code, list(answer.json.items())) == (200, list(shown.items()))
    assert [request["headers"]["Authorization"] for request in script.requests] == [f"Bearer {TOKEN}"]
    assert script.asked[-1]["variables"] == {"fingerprint": keytext.fingerprint(B1).replace(":", "")}


def test_a_pgp_key_is_found_in_any_case(script: Any, lookup: Any, play: Any) -> None:
    play({"data": {"pgpKeyByFingerprint": ARMOUR}})
    assert list(lookup.get(PGP, "").items()) == [
        ("id", 77),
        ("key", "ARMOUR"),
        ("fingerprint", FINGERPRINT),
        ("authorized", "2023-05-02T09:20:01+00:00"),
        ("owner", OWN),
        ("expiration", None),
    ]
    assert script.asked[-1]["variables"] == {"fingerprint": FINGERPRINT}


@pytest.mark.parametrize("path", [SSH, PGP])
def test_nothing_is_looked_up_without_the_operators_credential(script: Any, meta: Any, path: str) -> None:
    answer = meta.open("GET", path, "alder")
    assert (answer.status_code, answer.json) == (501, {"errors": [{"reason": UNCONFIGURED}]})
    assert script.requests == []


@pytest.mark.parametrize("path", ["/api/pgp-key/xyz", "/api/pgp-key/abc", "/api/ssh-key/nope", f"{SSH}=", f"{SSH}/"])
def test_what_is_no_key_is_not_asked_for(script: Any, lookup: Any, path: str) -> None:
    answer = lookup.open("GET", path)
    assert (answer.status_code, answer.json) == (404, NOT_FOUND)
    assert script.requests == []


@pytest.mark.parametrize("path", ["/api/pgp-key/%C3%BC", "/api/ssh-key/AAA%00"])
def test_what_crashed_is_not_asked_for_either(script: Any, lookup: Any, path: str) -> None:
    assert lookup.open("GET", path).status_code == 500
    assert script.requests == []


@pytest.mark.parametrize(
    ("era", "path", "status"), [("2024", SSH, 404), ("2024", PGP, 404), ("2026", SSH, 501), ("2026", PGP, 404)]
)
def test_servers_are_not_told_that_there_is_no_key_where_nobody_knows(
    ask: Any, play: Any, era: str, path: str, status: int
) -> None:
    play(NONE)
    answer = ask(era=era, lookup_token=TOKEN).open("GET", path)
    assert answer.status_code == status
    assert answer.json == (NOT_FOUND if status == 404 else {"errors": [{"reason": UNTOLD}]})


def test_no_lookup_asks_without_the_credential(
    script: Any, ask: Any, play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even for the era, which another call may have made the server forget meanwhile."""
    known = Era.get

    def forgetful(self: Era, *arguments: Any) -> str:
        try:
            return known(self, *arguments)
        finally:
            self.forget()

    monkeypatch.setattr(Era, "get", forgetful)
    probe = (200, "application/json", '{"data": {"__type": {"fields": [{"name": "buildVersion"}]}}}')
    play(probe, NONE, probe)
    assert ask(era="auto", lookup_token=TOKEN).open("GET", SSH).status_code == 501
    assert {request["headers"].get("Authorization") for request in script.requests} == {f"Bearer {TOKEN}"}


def test_a_key_that_only_has_the_same_md5_is_another(lookup: Any, play: Any) -> None:
    play({"data": {"sshKeyByFingerprint": ssh_key(478)}})
    assert lookup.open("GET", SSH).status_code == 404
    assert lookup.open("GET", f"/api/ssh-key/{B2}").status_code == 200


@pytest.mark.parametrize("path", [SSH, PGP])
@pytest.mark.parametrize(
    "refusal",
    [
        REFUSED,
        {"data": {"key": None}, "errors": [{"message": "Access denied for invalid auth method", "path": ["key"]}]},
    ],
)
def test_a_credential_that_is_no_good_is_the_operators_to_mend(
    lookup: Any, play: Any, logged: list[Any], path: str, refusal: Any
) -> None:
    play(refusal)
    answer = lookup.open("GET", path)
    assert (answer.status_code, answer.json) == (502, {"errors": [{"reason": UNUSABLE}]})
    assert [entry["message"] for entry in logged if entry["event"] == "upstream"] == ["the API refuses lookup-token"]


def test_a_use_of_a_key_cannot_be_noted(script: Any, lookup: Any) -> None:
    assert lookup.open("POST", SSH).status_code == 501
    assert script.requests == []


def test_the_credential_is_a_secret(lookup: Any, play: Any, logged: list[Any]) -> None:
    play((502, "text/html", "down"))
    explained = lookup.open("GET", SSH, headers={"X-Shim-Explain": "1"})
    assert TOKEN not in explained.text + json.dumps(logged, default=repr)
    text = f"[meta.sr.ht]\norigin=http://m.example.org\n[meta.sr.ht::shim]\nlookup-token={TOKEN}\n"
    assert [value.shown for value in parse(text, "x").values if value.key == "lookup-token"] == ["(secret)"]
