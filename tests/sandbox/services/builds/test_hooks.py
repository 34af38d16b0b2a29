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

SUBSCRIBE = "mutation ($config: UserWebhookInput!) { createUserWebhook(config: $config) { id } }"
LIST = "{ userWebhooks { results { id } } }"
UPDATE = "mutation ($id: Int!) { update(jobId: $id, visibility: PUBLIC) { id } }"
PAYLOAD = "query { webhook { event ... on JobEvent { job { id visibility } } } }"
FOLDER = ROOT / "builds" / "webhooks"
PAIRS = load(FOLDER / "job_created.yaml")
FAILING = load(FOLDER / "failing.yaml")
NARROW = {"/native-x": {"grants": "builds.sr.ht/JOBS:RO"}}


def _subscribe(client: Client, path: str, query: str, user: str = "jdoe", **token: Any) -> int:
    url = f"http://receiver.example.org{path}"
    config = {"url": url, "events": ["JOB_CREATED"], "query": query}
    client.receiver.answers[url] = Answer(200, {}, b"")
    made = client.data(SUBSCRIBE, user=user, config=config, token=token)
    return made["createUserWebhook"]["id"]  # type: ignore[no-any-return]


def _cause(client: Client, trigger: dict[str, Any]) -> None:
    """Do what a recording tells of; what it did over REST is a mutation here."""
    if "body" in trigger:
        kit.submit(client, trigger["as"], **json.loads(trigger["body"]))
    else:
        client.ask(trigger["operation"], user=trigger["as"], **trigger["variables"])


def test_recorded_deliveries_of_2024(builds: Client) -> None:
    natives = {pair["native"]["path"]: pair for pair in PAIRS if pair["native"]}
    for path, pair in natives.items():
        _subscribe(builds, path, pair["native"]["query"], pair["trigger"]["as"], **NARROW.get(path, {}))
    for pair in PAIRS:
        _cause(builds, pair["trigger"])
    builds.sandbox.drain()
    assert_got(builds, [pair["native"] for pair in PAIRS if pair["native"]])


def test_recorded_deliveries_of_2026(builds2026: Client) -> None:
    folder = ROOT / "era2026" / "builds"
    items = load(folder / "graphql" / "webhooks.yaml")
    configs = [item["variables"]["config"] for item in items if "config" in (item["variables"] or {})]
    builds2026.receiver.answers = {config["url"]: Answer(200, {}, b"") for config in configs}
    play(builds2026, items)
    assert_got(builds2026, load(folder / "webhooks.yaml"))


@pytest.mark.parametrize("case", FAILING, ids=[case["case"] for case in FAILING])
def test_what_stops_an_event(builds: Client, case: dict[str, Any]) -> None:
    for told in case["subscriptions"]:
        hook = _subscribe(builds, f"/{told['tag']}", told["query"], grants=told["grants"])
        if told["sql"]:
            builds.store.webhooks["user"].get(hook).expires = times.EPOCH
    assert kit.submit(builds) == case["trigger"]["response"]["data"]["submit"]["id"]
    builds.sandbox.drain()
    got = {url.rpartition("/")[2]: body.decode() for url, _, body in builds.receiver.got}
    assert got.keys() == {one["path"][1:] for one in case["received"]}
    listed = [row["id"] for row in case["listed_afterwards"]["data"]["userWebhooks"]["results"]]
    assert [row["id"] for row in builds.data(LIST)["userWebhooks"]["results"]] == listed


def test_an_expired_subscription_stops_nothing_in_2026(builds2026: Client) -> None:
    expired = _subscribe(builds2026, "/expired", PAYLOAD)
    builds2026.store.webhooks["user"].get(expired).expires = times.EPOCH
    _subscribe(builds2026, "/good", PAYLOAD)
    kit.submit(builds2026)
    builds2026.sandbox.drain()
    assert "http://receiver.example.org/good" in [url for url, _, _ in builds2026.receiver.got]
    assert "http://receiver.example.org/expired" not in [url for url, _, _ in builds2026.receiver.got]


def test_jobs_are_told_of_to_those_who_submit_them(builds: Client) -> None:
    _subscribe(builds, "/jdoe", PAYLOAD)
    kit.submit(builds, "alice")
    builds.sandbox.drain()
    assert builds.receiver.got == []
