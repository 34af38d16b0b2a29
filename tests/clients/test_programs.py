"""Programs with tokens that subscribe (clients C9, 10), in both eras; and what a second URL gets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.clients.hub import Library
from tests.clients.kit import Hearer, Noting, Stand, standing

ERAS = pytest.mark.parametrize("era", ["2024", "2026"])
HOOKS = "/api/user/webhooks"
EVENTS = {
    "git": ["repo:create", "repo:update", "repo:delete"],
    "hg": ["repo:create", "repo:update", "repo:delete"],
    "todo": ["tracker:create", "tracker:update", "tracker:delete"],
}
THINGS = {"git": "repos", "hg": "repos", "todo": "trackers"}


@pytest.fixture
def hearers() -> Iterator[tuple[Hearer, Hearer]]:
    """Two receivers."""
    both = Hearer(), Hearer()
    yield both
    for hearer in both:
        hearer.close()


def subscribed(client: Noting, service: str, **body: Any) -> Any:
    """A new subscription to all that a user's can be told of."""
    answer = client.ask("POST", service, HOOKS, json={"events": EVENTS[service], **body})
    assert answer.status_code == 201, answer.text
    return answer.json()


def lived(stand: Stand, service: str) -> None:
    """A repository or tracker is made, changed and deleted by an old program."""
    things = f"/api/{THINGS[service]}"
    stand.legacy("POST", service, things, name="told", description="d", visibility="PUBLIC")
    stand.legacy("PUT", service, f"{things}/told", description="another")
    stand.legacy("DELETE", service, f"{things}/told")


class TestPrograms:
    """Whoever has a token."""

    @ERAS
    @pytest.mark.parametrize("service", EVENTS)
    @pytest.mark.parametrize("scheme", ["token", "Bearer"])
    def test_it_is_told_and_sees_what_was_sent(
        self, stands: Callable[[str], Stand], hearers: tuple[Hearer, Hearer], era: str, service: str, scheme: str
    ) -> None:
        stand, (hearer, _) = stands(era), hearers
        client, library = stand.program(scheme), Library(stand.public_key)
        made = subscribed(client, service, url=f"{hearer.url}/in")
        lived(stand, service)
        payloads = [library.payload(hook) for hook in hearer.hooks]
        assert [hook.event for hook in hearer.hooks] == EVENTS[service]
        assert len({payload["id"] for payload in payloads}) == 1
        sent = client.get(service, f"{HOOKS}/{made['id']}/deliveries")["results"]
        assert [(row["event"], row["response_status"], row["payload"]) for row in reversed(sent)] == [
            (hook.event, 200, hook.body.decode()) for hook in hearer.hooks
        ]
        again = client.ask("POST", service, f"{HOOKS}/{made['id']}/deliveries/{sent[0]['id']}/redeliver")
        assert (again.status_code, again.json()) == (200, {})
        last, repeated = hearer.hooks[-2:]
        assert library.payload(repeated) == payloads[-1], "with a nonce of its own"
        assert last.headers["X-Webhook-Delivery"] == repeated.headers["X-Webhook-Delivery"] == sent[0]["id"]

    @ERAS
    def test_the_adapter_of_a_build_server_follows_a_repository(
        self, stands: Callable[[str], Stand], hearers: tuple[Hearer, Hearer], era: str
    ) -> None:
        """C9: by the service's host name, and JSON whatever it asks; of its parts this one can work."""
        stand, (hearer, _) = stands(era), hearers
        headers = {
            **{"Host": "git.example.org", "Accept": "application/json", "Content-Type": "application/json"},
            "Authorization": _authorization(stand.program("Bearer")),
        }
        base = f"{stand.url}/api/~jdoe/repos/weather"
        assert requests.get(base, headers=headers, timeout=30).json()["visibility"] == "public"
        body = json.dumps({"url": f"{hearer.url}/in", "events": ["repo:post-update"]})
        made = requests.post(f"{base}/webhooks", body, headers=headers, timeout=30)
        assert made.headers["Content-Type"] == "application/json"
        if era == "2024":
            assert made.status_code == 501
            assert made.json()["errors"][0]["reason"]
            return
        assert made.status_code == 201
        _, after = stand.push()
        (hook,) = hearer.hooks
        assert Library(stand.public_key).payload(hook)["refs"][0]["new"]["id"] == after


class TestSecondUrl:
    """`native_url`, where the native form goes as well (`[shim] webhook-dual`)."""

    @ERAS
    @pytest.mark.parametrize("service", EVENTS)
    def test_both_forms_arrive(
        self, stands: Callable[[str], Stand], hearers: tuple[Hearer, Hearer], era: str, service: str
    ) -> None:
        stand, (old, new) = stands(era), hearers
        client, library = stand.program(), Library(stand.public_key)
        subscribed(client, service, url=f"{old.url}/old", native_url=f"{new.url}/new")
        lived(stand, service)
        assert [hook.event for hook in old.hooks] == EVENTS[service]
        told = [library.payload(hook)["data"]["webhook"] for hook in new.hooks]
        assert [row["event"] for row in told] == [hook.event for hook in new.hooks]
        assert [row["uuid"] for row in told] == [hook.headers["X-Webhook-Delivery"] for hook in old.hooks]
        assert [name.split("_")[1][:6] for name in (hook.event for hook in new.hooks)] == ["CREATE", "UPDATE", "DELETE"]

    @ERAS
    def test_what_is_shown_is_the_old_form_alone(self, stands: Callable[[str], Stand], era: str) -> None:
        client = stands(era).program()
        made = subscribed(client, "git", url="http://old.example.org/", native_url="http://new.example.org/")
        assert list(made) == ["id", "created", "events", "url"]
        assert made["url"] == "http://old.example.org/"
        assert client.get("git", f"{HOOKS}/{made['id']}") == made
        assert client.get("git", HOOKS)["results"] == [made]

    @pytest.mark.parametrize("url", ["ftp://new.example.org/", "new.example.org", "http://", "http://[", "http:///x"])
    def test_it_must_be_one_that_can_be_asked(self, stands: Callable[[str], Stand], url: str) -> None:
        stand = stands("2024")
        assert _refused(stand, url) == "native_url must be an http or https URL"

    def test_it_is_refused_where_the_operator_has_not_switched_it_on(self, tmp_path: Path) -> None:
        with standing("2024", tmp_path) as stand:
            assert _refused(stand, "http://new.example.org/") == (
                "native_url is not allowed on this server: its operator has to set [shim] webhook-dual"
            )
            assert subscribed(stand.program(), "git", url="http://a.example.org", native_url="")["id"]


class TestUnconfigured:
    """What can't be delivered is not promised."""

    @pytest.mark.parametrize(
        ("changes", "setting"),
        [({"private_key": None}, "[shim] webhook-public-key"), ({"origin": ""}, "[shim] webhook-origin")],
    )
    def test_no_subscription_is_made(self, tmp_path: Path, changes: dict[str, str | None], setting: str) -> None:
        with standing("2024", tmp_path, webhook_signing_key=(), **changes) as stand:
            client = stand.program()
            answer = client.ask("POST", "git", HOOKS, json={"url": "http://a.example.org", "events": ["repo:create"]})
            reason = f"Webhooks are not configured on this server: its operator has to set {setting}"
            assert (answer.status_code, answer.json()) == (501, {"errors": [{"reason": reason}]})
            assert [asked for asked in stand.upstream if "createUserWebhook" in asked] == []
            assert client.get("git", HOOKS)["results"] == []


def _refused(stand: Stand, url: str) -> str:
    """Why a second URL is refused, alone; upstream was not asked."""
    body = {"url": "http://old.example.org/", "events": ["repo:create"], "native_url": url}
    answer = stand.program().ask("POST", "git", HOOKS, json=body)
    (reason,) = answer.json()["errors"]
    assert (answer.status_code, reason["field"]) == (400, "native_url")
    assert [asked for asked in stand.upstream if "createUserWebhook" in asked] == []
    text: str = reason["reason"]
    return text


def _authorization(client: Noting) -> str:
    return client._authorization()
