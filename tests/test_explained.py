"""`X-Shim-Explain: 1` over the whole app: what was sent instead, at no further cost and without secrets."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
import requests

from shim.compare.stand.instance import Instance
from shim.crypto import BearerToken
from shim.sandbox import Sandbox
from shim.upstream.session import Upstream
from tests.cassettes import FIXTURES
from tests.conftest import NETWORK_KEY
from tests.kit import FAR, Asker

EXPLAIN = {"X-Shim-Explain": "1"}
ROW = {"id": 1, "created": "2024-01-02T03:04:05Z", "updated": "2024-01-02T03:04:05Z", "visibility": "PUBLIC"}
REPOSITORY = {**ROW, "name": "weather", "description": None}
LISTED = {"data": {"owner": {"repositories": {"results": [REPOSITORY], "cursor": None}}}}
SHOWN = {"data": {"owner": {"repository": REPOSITORY}}}


@pytest.fixture
def git(script):
    return Asker("git", script.origin, {("git.sr.ht::get-repos", "sunset"): "2099-06-30"})


def explained(git, path, user="jdoe"):
    """The explanation of a call."""
    response = git.open("GET", path, user, headers=EXPLAIN)
    assert (response.status_code, response.content_type) == (200, "application/json")
    return response.json


@pytest.mark.parametrize("path", ["/api/repos", "/api/repos?start=40", "/api/repos/weather", "/api/~ann/repos/weather"])
def test_it_asks_what_the_call_asks_and_no_more(script, git, path):
    script.steps = [SHOWN if "weather" in path else LISTED]
    git.open("GET", path, "jdoe")
    plain = list(script.asked)
    script.requests.clear()
    told = explained(git, path)
    assert [asked["operationName"] for asked in script.asked] == [asked["operationName"] for asked in plain]
    assert [call["operation"] for call in told["calls"]] == [asked["operationName"] for asked in plain]
    assert [call["document"] for call in told["calls"]] == [asked["query"] for asked in plain]


def test_it_says_what_was_sent_until_when_and_where_to_read_on(script, git):
    script.steps = [LISTED]
    told = explained(git, "/api/repos?start=7&token=s3cr3t")
    assert (told["status"], told["endpoint"]["slug"], told["request"]) == ((200, "get-repos", "GET /api/repos?start=7"))
    assert "s3cr3t" not in json.dumps(told)
    assert told["deadlines"]["sunset"] == "2099-06-30T00:00:00+00:00"
    assert told["migrate"] == "http://git.example.org/migrate/git/get-repos"
    assert told["calls"][0]["curl"].startswith("curl ")


def test_it_leads_to_the_pages_where_the_operator_says_they_are(script):
    git = Asker("git", script.origin, {("shim", "origin"): "https://shim.example.org"})
    script.steps = [LISTED]
    assert explained(git, "/api/repos")["migrate"] == "https://shim.example.org/migrate/git/get-repos"


@pytest.mark.parametrize("user", ["jdoe", "Internal jdoe"])
def test_no_credential_and_no_sealed_cursor_is_in_it(script, user):
    git = Asker("git", script.origin, {("shim", "era"): "2024"})
    script.steps = [LISTED]
    response = git.open("GET", "/api/repos?start=40", user, headers=EXPLAIN)
    text, sent = response.get_data(as_text=True), script.asked[0]
    assert sent["variables"]["cursor"], "the shim seals a cursor"
    secrets = [sent["variables"]["cursor"], NETWORK_KEY, *(v for k, v in script.requests[0]["headers"].items())]
    secrets = [word for secret in secrets for word in secret.split() if len(word) > 20]
    assert len(secrets) >= 2
    assert [secret for secret in secrets if secret in text] == []


def test_one_users_values_are_not_in_anothers(script, git):
    texts = []
    for user, name in (("ann", "anns-own"), ("bob", "bobs-own"), ("ann", "anns-own")):
        script.steps = [{"data": {"owner": {"repository": {**REPOSITORY, "name": name}}}}]
        texts.append(json.dumps(explained(git, f"/api/repos/{name}", user)))
    assert ["anns-own" in text for text in texts] == [True, False, True]
    assert ["bobs-own" in text for text in texts] == [False, True, False]


@pytest.mark.parametrize(
    ("step", "status"),
    [
        ({"data": {"owner": {"repository": None}}}, 404),
        ((500, "text/html", "<h1>no</h1>"), 502),
        (
            (200, "application/json", '{"errors": [{"message": "ouch", "path": ["owner"]}], "data": {"owner": null}}'),
            502,
        ),
    ],
)
def test_failures_are_explained_with_their_status(script, git, step, status):
    script.steps = [step]
    assert git.open("GET", "/api/repos/weather", "jdoe").status_code == status
    script.requests.clear()
    told = explained(git, "/api/repos/weather")
    assert (told["status"], [call["operation"] for call in told["calls"]]) == (status, ["Repository"])
    assert len(script.requests) == 1


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("POST", 201)])
def test_head_and_post_are_answered_as_ever(script, git, method, status):
    script.steps = [{"data": {"createRepository": REPOSITORY, "owner": {"repositories": {"results": []}}}}]
    sent = {"json": {"name": "weather"}} if method == "POST" else {}
    plain, asked = [git.open(method, "/api/repos", "jdoe", headers=h, **sent) for h in ({}, EXPLAIN)]
    assert [plain.status_code, asked.status_code] == [status, status]
    assert asked.data == plain.data
    assert asked.headers["Content-Length"] == plain.headers["Content-Length"]


@pytest.fixture(scope="module")
def sandbox():
    """The GraphQL servers on recorded data."""
    sandbox = Sandbox(FIXTURES, services=("git",))
    with sandbox.running("127.0.0.1", 0) as base:
        yield base


@pytest.mark.parametrize(
    "path",
    ["/api/repos/weather", "/api/~alice/repos", "/api/repos/weather/refs", "/api/repos/weather/log", "/api/user"],
)
def test_its_curl_lines_work(sandbox, path):
    """As pasted, but for the address: the instance's host is none of this machine's."""
    if not shutil.which("curl"):
        pytest.skip("there is no curl")
    git = Asker("git", f"{sandbox}/git")
    calls = explained(git, path)["calls"]
    assert calls
    token = BearerToken(FAR, "", "", "jdoe").mint(Instance(FIXTURES).keys("git").private_key)
    for call in calls:
        line = call["curl"].replace("http://git.example.org/query", f"{sandbox}/git/query")
        done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=True, env={"TOKEN": token})
        answer = json.loads(done.stdout)
        assert answer.get("errors") is None
        assert answer["data"]


def test_a_file_is_explained_and_its_stream_closed(monkeypatch):
    """The content of a file is passed on as it comes in 2026: an explanation in its place lets go of it."""
    streams, closed = [], []
    open_, close = Upstream.open, requests.Response.close

    def opened(upstream, *arguments):
        streams.append(open_(upstream, *arguments))
        return streams[-1]

    monkeypatch.setattr(Upstream, "open", opened)
    monkeypatch.setattr(requests.Response, "close", lambda response: (closed.append(response), close(response)))
    with Sandbox(FIXTURES, era="2026", services=("git",)).running("127.0.0.1", 0) as base:
        git = Asker("git", f"{base}/git", {("shim", "era"): "2026"})
        path = "/api/repos/files/blob/master/icon.bin"
        plain = git.open("GET", path, "jdoe")
        assert (plain.status_code, len(streams), len(plain.data)) == (200, 1, plain.content_length)
        plain.close()
        told = explained(git, path)
    assert (told["status"], [call["operation"] for call in told["calls"]]) == (200, ["Blob"])
    assert (len(streams), streams[1].close.__self__ in closed) == (2, True)
