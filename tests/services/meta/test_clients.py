"""Habits of real clients of meta.sr.ht's old API (clients 1, 2, 7): what the shim must not break for them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from shim.compare.cassettes.cassette import load
from shim.crypto import BearerToken
from shim.sandbox import Sandbox
from tests.cassettes import FIXTURES
from tests.conftest import WEBHOOK_KEY
from tests.kit import FAR, Asker
from tests.services.meta.kit import B3

EMPTY = {"data": '""', "content_type": "application/json"}
LINE = f"ssh-ed25519 {B3} alder@laptop"
READER = BearerToken(FAR, "", "", "root").mint(WEBHOOK_KEY)
ARMOUR = next(
    json.loads(exchange.request.body)["pgp-key"]
    for exchange in load(FIXTURES / "meta" / "rest" / "writes" / "pgp_create.yaml").exchanges
    if exchange.recorded.status == 200 and exchange.request.method == "POST"
)
KEYS = {
    "ssh-key": (LINE, ["id", "authorized", "comment", "fingerprint", "key", "owner", "last_used"]),
    "pgp-key": (ARMOUR, ["id", "key", "key_id", "authorized", "owner", "email"]),
}


@pytest.fixture(scope="module", params=["2024", "2026"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[tuple[Sandbox, str, str]]:
    """The sandbox of an era, its address and the era."""
    sandbox = Sandbox(FIXTURES, era=request.param, services=["meta"])
    with sandbox.running() as address:
        yield sandbox, f"{address}/meta", request.param


@pytest.fixture(params=["auto", "walk"])
def meta(sandbox: tuple[Sandbox, str, str], request: pytest.FixtureRequest) -> Asker:
    """Asks meta; the shim makes cursors, or follows the server's."""
    served, address, era = sandbox
    served.reset()
    own = {("meta.sr.ht::shim", "lookup-token"): READER}
    return Asker("meta", address, {("shim", "era"): era, ("shim", "paging"): request.param, **own})


def walk(meta: Asker, path: str, user: str) -> Iterator[dict[str, Any]]:
    """Every row, as clients go on: by whatever `next` says, pasted in unquoted, until it is null."""
    following: str | None = ""
    totals = set()
    while following is not None:
        page = meta.get(f"{path}?start={following}" if following else path, user)
        assert (type(page["total"]), page["results_per_page"]) == (int, 50)
        totals.add(page["total"])
        yield from page["results"]
        following = page["next"]
        assert following is None or re.fullmatch("[0-9]+", following)
    assert len(totals) == 1


def is_moment(text: str | None) -> bool:
    """Whether a text is a time with an offset, or null, which is what typed structs take."""
    return text is None or datetime.fromisoformat(text.replace("Z", "+00:00")[:19] + "+00:00").tzinfo is not None


class TestSourcehutGo:
    """sourcehut-go (C1): typed structs, all pages, errors with a reason in JSON."""

    def test_the_profile_has_its_types(self, meta: Asker) -> None:
        found = meta.get("/api/user/profile", "jdoe")
        assert (type(found["id"]), type(found["name"]), type(found["email"])) == (int, str, str)
        assert found["use_pgp_key"] is None or type(found["use_pgp_key"]) is str
        assert type(meta.get("/api/version", "jdoe")["version"]) is str

    def test_all_pages_of_the_audit_log_come_once(self, meta: Asker) -> None:
        found = list(walk(meta, "/api/user/audit-log", "jdoe"))
        ids = [entry["id"] for entry in found]
        assert ids == sorted(set(ids), reverse=True)
        assert len(ids) > 50
        assert all(is_moment(entry["created"]) and type(entry["ip"]) is str for entry in found)

    @pytest.mark.parametrize("kind", KEYS)
    def test_all_pages_of_keys_have_their_types(self, meta: Asker, kind: str) -> None:
        found = list(walk(meta, f"/api/user/{kind}s", "jdoe"))
        ids = [key["id"] for key in found]
        assert ids == sorted(set(ids), reverse=True)
        assert len(ids) >= 25
        for key in found:
            assert (type(key["id"]), type(key["key"]), type(key["fingerprint"])) == (int, str, str)
            assert key["owner"] == {"id": 1, "canonical_name": "~jdoe", "name": "jdoe"}
            assert is_moment(key["authorized"])
            assert is_moment(key.get("last_used"))

    def test_only_what_is_changed_is_sent(self, meta: Asker) -> None:
        before = meta.get("/api/user/profile", "bob")
        answer = meta.open("PUT", "/api/user/profile", "bob", json={"location": "Utrecht"})
        assert (answer.status_code, answer.json["location"], answer.json["bio"]) == (200, "Utrecht", before["bio"])
        assert meta.get("/api/user/profile", "bob") == {**before, "location": "Utrecht"}
        refused = meta.open("PUT", "/api/user/profile", "bob", json={"url": ""})
        assert refused.status_code == 400
        assert [type(error["reason"]) for error in refused.json["errors"]] == [str]


class TestTerraform:
    """terraform-provider-sourcehut (C2): a key is made, read by its id, deleted; every error fails the plan."""

    @pytest.mark.parametrize("kind", KEYS)
    def test_a_key_from_its_beginning_to_its_end(self, meta: Asker, kind: str) -> None:
        text, members = KEYS[kind]
        made = meta.open("POST", f"/api/user/{kind}s", "bob", json={kind: text})
        assert (made.status_code, list(made.json)) == (200, members)
        path = f"/api/user/{kind}s/{made.json['id']}"
        found = meta.get(path, "bob")
        assert found["id"] == made.json["id"]
        assert (found["owner"]["name"], is_moment(made.json["authorized"])) == ("bob", True)
        assert meta.open("DELETE", path, "bob").status_code == 204
        for method in ("GET", "DELETE"):
            gone = meta.open(method, path, "bob")
            assert (gone.status_code, gone.json) == (404, {"errors": [{"reason": "404 not found"}]})

    def test_a_key_that_is_there_is_refused_with_a_reason(self, meta: Asker) -> None:
        assert meta.open("POST", "/api/user/ssh-keys", "bob", json={"ssh-key": LINE}).status_code == 200
        again = meta.open("POST", "/api/user/ssh-keys", "alice", json={"ssh-key": LINE})
        assert again.status_code == 400
        assert "already have this SSH key" in again.json["errors"][0]["reason"]


class TestSrhtctl:
    """srhtctl (C3): an empty JSON text as the body of every GET; `use_pgp_key` is a nullable integer to it."""

    def test_it_shows_the_profile_and_the_audit_log(self, meta: Asker) -> None:
        profile = meta.open("GET", "/api/user/profile", "alice", **EMPTY)
        assert (profile.status_code, profile.json["use_pgp_key"]) == (200, None)
        log = meta.open("GET", "/api/user/audit-log", "alice", **EMPTY)
        assert log.status_code == 200
        assert all(isinstance(entry["details"], str | None) for entry in log.json["results"])

    def test_it_is_told_of_its_body_before_its_token(self, meta: Asker) -> None:
        answer = meta.open("GET", "/api/user/profile", headers={"Authorization": f"token {'0' * 32}"}, **EMPTY)
        assert answer.status_code == 401
        assert [error["reason"] for error in answer.json["errors"]] == [
            "Expected JSON dictionary",
            "Invalid or expired OAuth token",
        ]


class TestR:
    """sourcehut for R (C5): rows become data frames, so that all have the same members; a start that is its user's."""

    @pytest.mark.parametrize("path", ["audit-log", "ssh-keys", "pgp-keys"])
    def test_all_rows_have_the_same_members(self, meta: Asker, path: str) -> None:
        rows = meta.get(f"/api/user/{path}", "jdoe")["results"]
        assert len({tuple(row) for row in rows}) == 1
        assert meta.get(f"/api/user/{path}?start=1", "jdoe")["results"] == []

    def test_it_goes_on_from_a_number(self, meta: Asker) -> None:
        page = meta.get("/api/user/audit-log", "jdoe")
        following = meta.get(f"/api/user/audit-log?start={int(page['next'])}", "jdoe")
        assert following["results"][0]["id"] <= int(page["next"])


class TestBuildsKeys:
    """buildsrht-keys (meta 1): sshd asks whose key somebody shows; only a 404 means nobody's."""

    def asked(self, meta: Asker, key: str) -> str | None:
        """The name that it lets in, None where it tells sshd that there is none; other statuses are failures."""
        answer = meta.open("GET", f"/api/ssh-key/{key}")
        if answer.status_code == 404:
            return None
        assert answer.status_code == 200, answer.text
        return str(answer.json["owner"]["name"])

    def test_it_learns_whose_key_it_is(self, meta: Asker) -> None:
        for key in walk(meta, "/api/user/ssh-keys", "jdoe"):
            words = key["key"].split()
            assert self.asked(meta, next(word for word in words if word.startswith("AAAA"))) == "jdoe"

    def test_what_nobody_knows_lets_nobody_in(self, meta: Asker, sandbox: tuple[Sandbox, str, str]) -> None:
        answer = meta.open("GET", f"/api/ssh-key/{B3}")
        assert answer.status_code == (404 if sandbox[2] == "2024" else 501)
        assert self.asked(meta, "nonsense") is None


def test_a_health_check_needs_no_token(meta: Asker) -> None:
    assert meta.open("GET", "/api/version").status_code == 200


def test_another_service_learns_of_a_user_it_does_not_know(meta: Asker) -> None:
    found = meta.get("/api/user/profile", "Internal alice")
    assert {"name", "email", "user_type", "url", "location", "bio", "suspension_notice"} <= found.keys()
    assert meta.open("GET", "/api/user/profile", "Internal nobody-here").status_code == 404
