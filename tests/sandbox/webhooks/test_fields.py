"""Native webhooks: the recorded deliveries, and the rules that the recordings do not show."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shim.recordings.answer import Answer
from shim.sandbox.check.exchange import receivers
from shim.sandbox.check.scope import Scope
from shim.sandbox.engine import times

from ..conftest import ROOT, Client
from ..recorded import assert_got, load, play

CREATE = """
mutation ($url: String!, $events: [WebhookEvent!]!, $query: String!) {
  createUserWebhook(config: {url: $url, events: $events, query: $query}) { id events url query }
}
"""
DELIVERIES = """
query ($id: Int!) {
  userWebhook(id: $id) {
    id events url
    deliveries { results { uuid date event requestBody responseBody responseHeaders responseStatus } cursor }
  }
}
"""
NEW = 'mutation { createRepository(name: "radar", visibility: PUBLIC, description: "n") { id } }'
EVENTS = ["REPO_CREATED", "REPO_UPDATE", "REPO_DELETED"]
PAYLOAD = "query { webhook { uuid event date ... on RepositoryEvent { repository { id name } } } }"
MUTATIONS = {
    "createRepository": "mutation ($name: String!, $visibility: Visibility!, $description: String)"
    " { createRepository(name: $name, visibility: $visibility, description: $description) { id } }",
    "updateRepository": "mutation ($id: Int!, $input: RepoInput!) { updateRepository(id: $id, input: $input) { id } }",
    "deleteRepository": "mutation ($id: Int!) { deleteRepository(id: $id) { id } }",
}


CASES = load(ROOT / "git" / "webhooks" / "native.yaml")
PAIRS = [
    item
    for item in load(ROOT / "git" / "webhooks" / "user-events.yaml")
    if item["trigger"].get("operation") and "variables" in item["trigger"]
]


def _subscribe(asking: Client, url: str, query: str, /, **token: Any) -> int:
    made = asking.data(CREATE, url=url, events=EVENTS, query=query, token=token)
    return made["createUserWebhook"]["id"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("query ($a: Int!) { userWebhook(id: $a) { id } }", "input: variable.a must be defined"),
        ("query ($a: Int = 1) { userWebhook(id: $a) { id } }", None),
        ("{ nope }", 'input:1: Cannot query field "nope" on type "Query".'),
    ],
)
def test_a_query_has_to_run_without_variables(git: Client, query: str, fault: str | None) -> None:
    answer = git.ask(CREATE, url="http://receiver.example.net/n", events=EVENTS, query=query)
    messages = [error["message"] for error in answer.get("errors", ())]
    assert messages == ([f"Error validating webhook query: {fault}\n"] if fault else [])


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_recorded_deliveries(git: Client, case: dict[str, Any]) -> None:
    answers = {path: answer["data"]["userWebhook"] for path, answer in case["deliveries"].items()}
    git.receiver.answers["http://receiver.example.net/bin/n"] = Answer(200, {}, b"\xff\xfe")
    hooks = {}
    for asked in case["subscriptions"]:
        token = {name: asked[name] for name in ("grants", "client")}
        hooks[urlsplit(asked["url"]).path] = _subscribe(git, asked["url"], asked["query"], **token)
    for path, hook in hooks.items():
        _alter(git, hook, path, answers.get(path) or {})
    git.data(NEW if "data" in case["trigger"] else NEW.replace(', description: "n"', ""))
    git.sandbox.drain()
    assert_got(git, case["got"] or [])
    clients = {urlsplit(asked["url"]).path: asked["client"] for asked in case["subscriptions"]}
    for path, recorded in case["deliveries"].items():
        answer = git.ask(DELIVERIES, id=hooks[path], token={"client": clients[path]})
        assert git.symbols.compare(recorded, answer) is None


def _alter(client: Client, hook: int, path: str, recorded: dict[str, Any]) -> None:
    """Do to a subscription what the recorder did in the servers' database, and let its receiver answer."""
    row = client.store.webhooks["user"].get(hook)
    row.url, row.events = recorded.get("url", row.url), recorded.get("events", row.events)
    row.expires = times.EPOCH if path.endswith("expired") else row.expires
    answer = receivers([{"response": {"body": {"url": row.url, **recorded}}}])
    client.receiver.answers = {**answer, **client.receiver.answers}


@pytest.mark.parametrize(("session", "got"), [("user-deliveries", "user"), ("git", "git")])
def test_recorded_deliveries_of_2026(git2026: Client, session: str, got: str) -> None:
    folder = ROOT / "era2026" / "git"
    scope = Scope(git2026.sandbox.services["git"])
    items = [item for item in load(folder / "graphql" / "webhooks" / f"{session}.yaml") if not scope.lacking(item)]
    listening = {item["variables"]["url"] for item in items if "url" in item["variables"]}
    git2026.receiver.answers = {url: Answer(200, {}, b"") for url in listening}
    play(git2026, items)
    paths = {urlsplit(url).path for url in listening}
    assert_got(git2026, [sent for sent in load(folder / "webhooks" / f"{got}.yaml") if sent["path"] in paths])


def test_recorded_events(git: Client) -> None:
    query = next(item["native"]["query"] for item in PAIRS)
    _subscribe(git, "http://receiver.example.net/n", query)
    for item in PAIRS:
        trigger = item["trigger"]
        git.ask(MUTATIONS[trigger["operation"]], user=trigger["as"], **trigger["variables"])
    git.sandbox.drain()
    expected = [item["native"] for item in PAIRS if item["native"]]
    assert len(git.receiver.got) == len(expected)
    for (_, headers, body), native in zip(git.receiver.got, expected, strict=True):
        assert git.symbols.compare(native["headers"], dict(headers)) is None
        assert git.symbols.compare(native["body"], body.decode()) is None


def test_deliveries_are_signed_with_the_instances_key(git: Client) -> None:
    _subscribe(git, "http://receiver.example.net/n", PAYLOAD)
    git.data(NEW)
    git.sandbox.drain()
    ((_, headers, body),) = git.receiver.got
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(git.sandbox.instance.private_key)).public_key()
    nonce = headers["X-Payload-Nonce"].encode()
    key.verify(base64.b64decode(headers["X-Payload-Signature"]), body + nonce)
    assert json.loads(body)["data"]["webhook"]["uuid"] == headers["X-Webhook-Delivery"]


def test_events_go_to_the_owners_hooks_only(git: Client) -> None:
    _subscribe(git, "http://receiver.example.net/jdoe", PAYLOAD)
    git.data(NEW, user="alice")
    git.sandbox.drain()
    assert git.receiver.got == []


def test_a_failed_mutation_announces_nothing(git: Client) -> None:
    _subscribe(git, "http://receiver.example.net/n", PAYLOAD)
    git.errors(NEW.replace("radar", "a b"))
    git.sandbox.drain()
    assert git.receiver.got == []


def test_a_receiver_that_never_answers_leaves_the_record_open(git: Client) -> None:
    hook = _subscribe(git, "http://refused.example.net/", PAYLOAD)
    git.data(NEW)
    git.sandbox.drain()
    (delivery,) = git.data(DELIVERIES, id=hook)["userWebhook"]["deliveries"]["results"]
    assert (delivery["event"], delivery["responseStatus"]) == ("REPO_CREATED", None)


def test_a_client_sees_only_what_its_own_token_made(git: Client) -> None:
    token = {"client": "6d1b6a4e-0000-4000-8000-000000000001"}
    hook = _subscribe(git, "http://receiver.example.net/n", PAYLOAD, **token)
    assert git.data(DELIVERIES, id=hook, token=token)["userWebhook"]["id"] == hook
    other = {**token, "expires": 4102444801}
    assert git.data(DELIVERIES, id=hook, token=other) == {"userWebhook": None}
    assert git.data(DELIVERIES, id=hook)["userWebhook"]["id"] == hook


def test_deleting_a_hook_deletes_its_deliveries(git: Client) -> None:
    hook = _subscribe(git, "http://refused.example.net/", PAYLOAD)
    git.data(NEW)
    git.data("mutation ($id: Int!) { deleteUserWebhook(id: $id) { id } }", id=hook)
    assert not [row for row in git.store.deliveries["user"] if row.subscription_id == hook]


def test_a_query_is_run_as_whoever_caused_the_event_with_the_subscribers_grants(git2026: Client) -> None:
    query = "query { me { username email } webhook { uuid } }"
    given = {"repositoryID": 1, "events": ["GIT_POST_RECEIVE"], "url": "http://receiver.example.net/n", "query": query}
    made = "mutation ($c: GitWebhookInput!) { createGitWebhook(config: $c) { id } }"
    git2026.data(made, user="alice", token={"grants": "git.sr.ht/OBJECTS:RO git.sr.ht/PROFILE:RO"}, c=given)
    git2026.data(made, user="alice", token={"grants": "git.sr.ht/OBJECTS:RO"}, c=given)
    pushed = {"repositoryID": 1, "event": "GIT_POST_RECEIVE", "updates": []}
    git2026.data("mutation ($i: GitEventInput!) { deliverGitHook(input: $i) }", internal=True, user="jdoe", i=pushed)
    git2026.sandbox.drain()
    allowed, denied = (json.loads(body) for _, _, body in git2026.receiver.got)
    assert allowed["data"]["me"]["username"] == "jdoe"
    assert denied["data"] is None
    assert denied["errors"][0]["message"] == "Access denied, missing PROFILE:RO grant"
    uuids = {headers["X-Webhook-Delivery"] for _, headers, _ in git2026.receiver.got}
    assert uuids == {allowed["data"]["webhook"]["uuid"]}, "one for all subscribers"


def test_a_subscription_that_would_write_is_taken_and_fails_at_the_event(git: Client) -> None:
    write = 'mutation { createRepository(name: "written", visibility: PUBLIC) { id } }'
    _subscribe(git, "http://receiver.example.net/n", write)
    git.data(NEW)
    git.sandbox.drain()
    ((_, _, body),) = git.receiver.got
    assert json.loads(body)["errors"][0]["message"] == "Access to read/write resolver denied for webhook"
    assert not [row for row in git.store.repositories if row.name == "written"]
