"""Manifests, which anybody could read (builds E5, G8): by the caller's credential, or by one of the operator's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shim.config import parse
from shim.crypto import BearerToken
from shim.services.backend import Backend
from shim.services.builds import service
from shim.services.dispatch import build
from shim.services.hooks import Exchange, Hooks
from shim.services.stand_in import UNUSABLE
from shim.settings import ConfigError
from shim.upstream import Local
from tests.conftest import WEBHOOK_KEY
from tests.kit import FAR
from tests.services.builds.kit import ALICE, MANIFEST, job

PATH = "/api/jobs/4101/manifest"
TOKEN = BearerToken(FAR, "builds.sr.ht/PROFILE:RO builds.sr.ht/JOBS:RO", "", "reader").mint(WEBHOOK_KEY)
BLIND = BearerToken(FAR, "builds.sr.ht/PROFILE:RO", "", "reader").mint(WEBHOOK_KEY)
FOUND = {"data": {"job": job(manifest=MANIFEST)}}
REFUSED = (
    403,
    "application/json",
    '{"errors": [{"message": "Authentication error: Invalid or expired OAuth 2.0 bearer token"}]}',
)
UNGRANTED = {"data": {"job": None}, "errors": [{"message": "Access denied, missing JOBS:RO grant", "path": ["job"]}]}
BAD = [
    {},
    {"Authorization": "Basic x"},
    {"Authorization": "token a b"},
    {"Authorization": f"token {'0' * 32}"},
    {"Authorization": "Internal zzz"},
    {"X-Srht-Authorization": "zz"},
]


def credentials(script: Any) -> list[str]:
    """What the API was asked with."""
    return [request["headers"]["Authorization"] for request in script.requests]


@pytest.mark.parametrize("headers", BAD)
def test_nobody_reads_it_without_a_credential(script: Any, builds: Any, play: Any, headers: dict[str, str]) -> None:
    play(FOUND)
    assert builds.open("GET", PATH, "", headers=headers).status_code in (400, 401, 403)
    assert script.requests == []


@pytest.mark.parametrize("headers", BAD)
def test_the_operators_credential_stands_in_for_none(script: Any, ask: Any, play: Any, headers: dict[str, str]) -> None:
    play(FOUND)
    answer = ask(manifest_token=TOKEN).open("GET", PATH, "", headers=headers)
    assert (answer.status_code, answer.text, answer.content_type) == (200, MANIFEST, "text/plain")
    assert credentials(script) == [f"Bearer {TOKEN}"]


@pytest.mark.parametrize("refusal", [REFUSED, UNGRANTED])
def test_it_stands_in_for_one_that_the_api_refuses(script: Any, ask: Any, play: Any, refusal: Any) -> None:
    play(refusal, FOUND)
    builds = ask(manifest_token=TOKEN)
    assert builds.open("GET", PATH, "alice").text == MANIFEST
    assert credentials(script) == [f"Bearer {builds.token('alice')}", f"Bearer {TOKEN}"]


def test_it_stands_in_for_one_that_lacks_grants(script: Any, ask: Any, play: Any) -> None:
    play(UNGRANTED, FOUND)
    builds = ask(manifest_token=TOKEN)
    narrow = {"Authorization": f"token {builds.token('alice', 'builds.sr.ht/PROFILE:RO')}"}
    assert builds.open("GET", PATH, "", headers=narrow).text == MANIFEST


def test_a_good_one_is_asked_with_alone(script: Any, ask: Any, play: Any) -> None:
    play({"data": {"job": job(manifest=MANIFEST, visibility="PRIVATE")}})
    assert ask(manifest_token=TOKEN).open("GET", PATH, "alice").text == MANIFEST
    assert len(script.requests) == 1
    assert credentials(script) != [f"Bearer {TOKEN}"]


def test_what_is_private_to_the_operator_stays_private(ask: Any, play: Any) -> None:
    play({"data": {"job": job(manifest=MANIFEST, visibility="PRIVATE")}})
    answer = ask(manifest_token=TOKEN).open("GET", PATH)
    assert (answer.status_code, answer.json) == (404, {"errors": [{"reason": "404 not found"}]})


@pytest.mark.parametrize("failure", [(502, "text/html", "down"), {"data": {"job": None}}])
def test_it_does_not_stand_in_where_asking_again_helps_nobody(script: Any, ask: Any, play: Any, failure: Any) -> None:
    play(failure)
    assert ask(manifest_token=TOKEN).open("GET", PATH, "alice").status_code in (404, 502)
    assert len(script.requests) == 1


@pytest.mark.parametrize("path", ["/api/jobs", "/api/jobs/4101", "/api/jobs/4101/artifacts", "/api/job-group/7"])
def test_it_stands_in_nowhere_else(script: Any, ask: Any, path: str) -> None:
    assert ask(manifest_token=TOKEN).open("GET", path).status_code == 401
    assert script.requests == []


@pytest.mark.parametrize("refusal", [REFUSED, UNGRANTED])
def test_a_stand_in_that_is_no_good_is_the_operators_to_mend(
    ask: Any, play: Any, logged: list[Any], refusal: Any
) -> None:
    play(refusal)
    answer = ask(manifest_token=TOKEN).open("GET", PATH)
    assert (answer.status_code, answer.json) == (502, {"errors": [{"reason": UNUSABLE}]})
    assert [entry["message"] for entry in logged if entry["event"] == "upstream"] == ["the API refuses manifest-token"]


def test_whom_the_api_refused_it_has_not_accepted(script: Any, play: Any) -> None:
    seen: list[Exchange] = []
    play(REFUSED, FOUND)
    text = f"[builds.sr.ht]\norigin={script.origin}\n[builds.sr.ht::shim]\nera=2024\nmanifest-token={TOKEN}\n"
    app = build(Backend.build(service, parse(text, "x"), Local()), Hooks(observers=(seen.append,)))
    token = BearerToken(FAR, "", "", "alice").mint(WEBHOOK_KEY)
    for headers in ({"Authorization": f"token {token}"}, {}):
        with app.test_client().get(PATH, headers=headers) as answer:
            assert answer.text == MANIFEST
    assert [(exchange.accepted, exchange.caller) for exchange in seen] == [(False, "alice"), (False, None)]


def test_the_credential_is_a_secret(script: Any) -> None:
    text = f"[builds.sr.ht]\norigin=http://b.example.org\n[builds.sr.ht::shim]\nmanifest-token={TOKEN}\n"
    config = parse(text, "config.ini")
    assert config.services["builds"].options["manifest_token"] == TOKEN
    shown = [value.shown for value in config.values if value.key == "manifest-token"]
    assert shown == ["(secret)"]
    other = parse("[builds.sr.ht]\norigin=http://b.example.org\n", "x", {"SHIM_BUILDS_MANIFEST_TOKEN": TOKEN})
    assert other.services["builds"].options["manifest_token"] == TOKEN


@pytest.mark.parametrize("token", ["hunter2", "hunter2" * 6, "0" * 32, f"Bearer {TOKEN}", TOKEN[:-3], BLIND])
def test_what_is_no_token_is_refused_without_quoting_it(token: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f"[builds.sr.ht]\norigin=http://b.example.org\n[builds.sr.ht::shim]\nmanifest-token={token}\n", "x")
    assert "manifest-token" in str(caught.value)
    assert token not in str(caught.value)


def test_the_explanation_and_the_log_do_not_tell_it(ask: Any, play: Any, logged: list[Any]) -> None:
    play((502, "text/html", "down"))
    answer = ask(manifest_token=TOKEN).open("GET", PATH, headers={"X-Shim-Explain": "1"})
    assert TOKEN not in answer.text
    assert TOKEN not in json.dumps(logged, default=repr)
    assert ALICE["username"] not in answer.text
