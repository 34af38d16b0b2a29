"""Webhooks: the recorded deliveries, and who hears of what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shim.recordings.answer import Answer
from shim.sandbox.engine import times

from ...conftest import ROOT, Client
from ...recorded import assert_got, load, play
from . import kit

SUBSCRIBE = "mutation ($config: ProfileWebhookInput!) { createWebhook(config: $config) { id } }"
LIST = "{ profileWebhooks { results { id events url } } }"
DELETE = "mutation ($id: Int!) { deleteWebhook(id: $id) { id } }"
PAYLOAD = "query { webhook { event ... on SSHKeyEvent { key { id } } } }"
EVENTS = ("PROFILE_UPDATE", "PGP_KEY_ADDED", "PGP_KEY_REMOVED", "SSH_KEY_ADDED", "SSH_KEY_REMOVED")
FOLDER = ROOT / "meta" / "webhooks"
PAIRS = load(FOLDER / "events.yaml")
FAILING = load(FOLDER / "failing.yaml")


def _subscribe(client: Client, path: str, query: str, user: str = "jdoe", **given: Any) -> int:
    url = f"http://receiver.example.org{path}"
    config = {"url": url, "events": given.pop("events", EVENTS), "query": query}
    client.receiver.answers[url] = Answer(200, {}, b"")
    made = client.data(SUBSCRIBE, user=user, config=config, token=given)
    return made["createWebhook"]["id"]  # type: ignore[no-any-return]


def _cause(client: Client, trigger: dict[str, Any]) -> None:
    """Do over GraphQL what a recording tells was done over REST."""
    method, path = trigger["request"].split(" ")
    _, _, _, kind, *key = path.split("/")
    body = json.loads(trigger["body"] or "{}")
    if kind == "profile":
        client.ask(kit.EDIT, user=trigger["as"], input=body)
    elif method == "POST":
        add = kit.ADD if kind == "ssh-keys" else kit.ADD_PGP
        client.ask(add, user=trigger["as"], key=body[kind.removesuffix("s")])
    elif method == "DELETE":
        remove = kit.REMOVE if kind == "ssh-keys" else kit.REMOVE_PGP
        client.ask(remove, user=trigger["as"], id=int(key[0]))


def test_recorded_deliveries_of_2024(meta: Client) -> None:
    natives = [pair["native"] for pair in PAIRS if pair["native"]]
    for user in sorted({pair["trigger"]["as"] for pair in PAIRS if pair["native"]}):
        _subscribe(meta, "/native", natives[0]["query"], user)
    for pair in PAIRS:
        _cause(meta, pair["trigger"])
        meta.sandbox.drain()
    assert len(natives) == 11
    assert_got(meta, natives)


def test_recorded_deliveries_of_2026(meta2026: Client) -> None:
    folder = ROOT / "era2026" / "meta"
    items = load(folder / "graphql" / "webhooks.yaml")
    configs = [item["variables"]["config"] for item in items if "config" in (item["variables"] or {})]
    meta2026.receiver.answers = {config["url"]: Answer(200, {}, b"") for config in configs}
    play(meta2026, items)
    assert_got(meta2026, load(folder / "webhooks.yaml"))


@pytest.mark.parametrize("case", FAILING, ids=[case["case"] for case in FAILING])
def test_what_stops_an_event(meta: Client, case: dict[str, Any]) -> None:
    for told in case["subscriptions"]:
        hook = _subscribe(
            meta, f"/{told['tag']}", told["query"], "root", events=["SSH_KEY_REMOVED"], grants=told["grants"]
        )
        if told["sql"]:
            meta.store.webhooks["profile"].get(hook).expires = times.EPOCH
    meta.data(kit.REMOVE, user="root", id=case["trigger"]["response"]["data"]["deleteSSHKey"]["id"])
    meta.sandbox.drain()
    meta.receiver.got.sort(key=lambda got: got[0])
    assert_got(meta, sorted(case["received"], key=lambda one: one["path"]))
    listed = case["listed_afterwards"]["data"]["profileWebhooks"]["results"]
    assert meta.data(LIST, user="root")["profileWebhooks"]["results"] == listed


def test_an_expired_subscription_stops_nothing_in_2026(meta2026: Client) -> None:
    expired = _subscribe(meta2026, "/expired", PAYLOAD)
    meta2026.store.webhooks["profile"].get(expired).expires = times.EPOCH
    _subscribe(meta2026, "/good", PAYLOAD)
    meta2026.data(kit.ADD, key=f"x {kit.BLOB}")
    meta2026.sandbox.drain()
    heard = [url.rpartition("/")[2] for url, _, _ in meta2026.receiver.got]
    assert "good" in heard
    assert "expired" not in heard


def test_one_hears_of_ones_own_keys_only(meta: Client) -> None:
    _subscribe(meta, "/jdoe", PAYLOAD)
    meta.data(kit.ADD, user="alice", key=f"x {kit.BLOB}")
    meta.sandbox.drain()
    assert meta.receiver.got == []


def test_what_is_deleted_twice(meta: Client, meta2026: Client) -> None:
    for client, messages in ((meta, []), (meta2026, ["Not found"])):
        made = _subscribe(client, "/x", PAYLOAD)
        assert client.data(DELETE, id=made) == {"deleteWebhook": {"id": made}}
        answer = client.ask(DELETE, id=made)
        assert [error["message"] for error in answer.get("errors", [])] == messages
        assert client.ask("query ($id: Int!) { profileWebhook(id: $id) { id } }", id=made) == {
            "data": {"profileWebhook": None}
        }
