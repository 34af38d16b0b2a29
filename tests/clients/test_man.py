"""The wiki server of August 2024 (clients H3): makes a repository for a wiki, follows, shows and removes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from shim.sandbox.clients.core import Unexpected, ensure_webhooks, results
from tests.clients.hub import Library
from tests.clients.kit import Hearer, Hook, Noting, Stand

USER, ONE = "/api/user/webhooks", "/api/~jdoe/repos/{}/webhooks"


class Man:
    """It and its receivers; `told` is what it has read of hooks."""

    def __init__(self, stand: Stand) -> None:
        self.client, self._library = stand.internal(), Library(stand.public_key)
        self.told: list[tuple[str, str, Any]] = []
        self.hearer = Hearer(self._hear)

    def _hear(self, hook: Hook) -> int:
        payload = self._library.payload(hook)
        self.told.append((hook.path, hook.event, READS[hook.event](payload)))
        return 200

    def open(self, name: str) -> dict[str, Any]:
        """The repository of a wiki, made where there is none."""
        found = self.client.ask("GET", "git", f"/api/~jdoe/repos/{name}")
        if found.status_code != 404:
            return json.loads(found.text)  # type: ignore[no-any-return]
        made = self.client.ask("POST", "git", "/api/repos", json={"name": name, "visibility": "UNLISTED"})
        assert made.status_code == 201
        return made.json()  # type: ignore[no-any-return]

    def follow(self, name: str) -> None:
        """Have itself told of the user's repositories and of pushes to the wiki's. Raises Unexpected."""
        for path, events in ((USER, ["repo:update", "repo:delete"]), (ONE.format(name), ["repo:post-update"])):
            url = f"{self.hearer.url}/webhooks/{'user' if path == USER else 'repo'}/1"
            ensure_webhooks(self.client, "git", path, {url: events})

    def remove(self, name: str) -> int:
        """End a wiki and its repository; whatever happens to the webhook is swallowed. The status of the last call."""
        with suppress(Unexpected):
            for hook in results(self.client, "git", ONE.format(name)):
                if hook["url"].startswith(self.hearer.url):
                    self.client.ask("DELETE", "git", f"{ONE.format(name)}/{hook['id']}")
        return self.client.ask("DELETE", "git", f"/api/repos/{name}").status_code


def _push(payload: Any) -> Any:
    """Which branches have which commits of whom, and who pushed them."""
    refs = [
        (ref["name"], ref["new"] and {**ref["new"], "author": ref["new"]["author"]["name"]}) for ref in payload["refs"]
    ]
    return payload["pusher"]["name"], [(name, new and (new["id"], new["author"])) for name, new in refs]


def _repository(payload: Any) -> Any:
    return payload["id"], payload["name"]


def _gone(payload: Any) -> Any:
    return payload["id"]


READS = {"repo:post-update": _push, "repo:update": _repository, "repo:delete": _gone}


@pytest.fixture
def man(stand: Stand) -> Any:
    """It, before the servers of 2026."""
    man = Man(stand)
    yield man
    man.hearer.close()


def test_a_wiki_gets_a_repository_that_is_followed_until_its_end(stand: Stand, man: Man) -> None:
    made = man.open("manual")
    man.follow("manual")
    assert man.open("manual") == {**made, **stand.legacy("GET", "git", "/api/repos/manual")}
    man.client.taken()
    man.follow("manual")
    assert {line.split()[0] for line in man.client.taken()} == {"GET"}
    stand.legacy("PUT", "git", "/api/repos/manual", name="handbook")
    assert man.remove("handbook") == 204
    stand.settle()
    path = "/webhooks/user/1"
    assert man.told == [(path, "repo:update", (made["id"], "handbook")), (path, "repo:delete", made["id"])]
    deleted = [line for line in man.client.taken() if line.startswith("DELETE")]
    assert [line.split()[-1] for line in deleted] == ["204", "204"]


def test_it_is_told_of_pushes(stand: Stand, man: Man) -> None:
    man.follow("weather")
    before, after = stand.push()
    ((path, event, (pusher, refs)),) = man.told
    assert (path, event, pusher) == ("/webhooks/repo/1", "repo:post-update", "jdoe")
    (moved, one), (made, other), (_, gone) = refs
    commit = stand.legacy("GET", "git", f"/api/repos/weather/log/{after}")["results"][0]
    assert [one[0], other[0], gone] == [after, before, None]
    assert moved.startswith("refs/heads/")
    assert made.startswith("refs/heads/")
    assert one == (commit["id"], f"{commit['author']['name']},"), "git's hook told names as they are"


@pytest.mark.parametrize("era", ["2024", "2026"])
def test_it_shows_pages(stands: Callable[[str], Stand], era: str) -> None:
    client = stands(era).internal()
    base = "/api/~jdoe/repos/weather"
    refs = client.get("git", f"{base}/refs")["results"]
    branches = [ref["name"].removeprefix("refs/heads/") for ref in refs if ref["name"].startswith("refs/heads/")]
    assert "master" in branches
    commit = client.get("git", f"{base}/log/master")["results"][0]
    assert all(commit[key] for key in ("id", "message", "timestamp"))
    assert commit["author"]["name"]
    folder = next(e["name"] for e in client.get("git", f"{base}/tree/master")["entries"] if e["type"] == "tree")
    entries = client.get("git", f"{base}/tree/master/{folder}")["entries"]
    page = next(entry for entry in entries if entry["type"] == "blob")
    for path in (f"{page['id']}/{page['name']}", f"master/{folder}/{page['name']}"):
        shown = client.ask("GET", "git", f"/api/~jdoe/blob/weather/blob/{path}")
        assert shown.status_code == 200
        assert shown.headers["Content-Type"].startswith("text/plain")
        assert shown.text
    assert client.ask("GET", "git", "/api/~jdoe/blob/weather/blob/master/nothing.md").status_code != 200
    assert client.ask("GET", "git", f"{base}/log/no-branch").status_code == 404


def test_before_2026_no_wiki_is_followed_but_it_can_be_removed(stands: Callable[[str], Stand]) -> None:
    stand = stands("2024")
    man = Man(stand)
    made = man.open("manual")
    assert made["visibility"] == "unlisted"
    with pytest.raises(Unexpected):
        man.follow("manual")
    assert man.remove("manual") == 204
    man.hearer.close()
    assert _statuses(man.client)[-3:] == ["POST 501", "GET 501", "DELETE 204"]
    assert [asked for asked in stand.upstream if "ebhook" in asked] == []


def _statuses(client: Noting) -> list[str]:
    return [f"{line.split()[0]} {line.split()[-1]}" for line in client.taken()]
