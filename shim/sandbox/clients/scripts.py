"""What the clients do. Each asks on behalf of one user, about things of another one, whoever these are."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any

from shim.sandbox.clients.client import Client
from shim.sandbox.clients.core import Unexpected, ensure_webhooks

FEW = 3
"""Of how many rows of a list a client wants to know more."""


@dataclass(frozen=True)
class Script:
    """A client to play: its User-Agent, the scheme of its credential, the services that it asks, what it does.

    `place` is that of its user among those of the data; `play` is given the client and the name of the user whose
    things it is about, who is the first of them. A `forged` one has a token that no instance made.
    """

    name: str
    agent: str
    scheme: str
    services: tuple[str, ...]
    place: int
    play: Callable[[Client, str], None]
    forged: bool = False

    @property
    def does(self) -> str:
        """What it does, in a few words."""
        return (self.play.__doc__ or "").strip().removesuffix(".")


def _hub(client: Client, owner: str) -> None:
    """Looks after its webhooks, lists hg repositories and trackers, and closes a ticket."""
    _look_after(client, "git", "/api/user/webhooks", "git-user", "repo:update", "repo:delete")
    _look_after(client, "hg", "/api/user/webhooks", "hg-user", "repo:update", "repo:delete")
    _look_after(client, "todo", "/api/user/webhooks", "todo-user", "tracker:update", "tracker:delete")
    for repository in islice(client.pages("hg", "/api/repos", start="-1"), FEW):
        if client.ask("GET", "hg", f"/api/repos/{repository['name']}/readme").status_code == 404:
            client.ask("GET", "hg", f"/api/repos/{repository['name']}/raw/README.md")
    trackers = list(client.pages("todo", "/api/trackers", start="-1"))
    for tracker in islice(trackers, FEW):
        client.ask("GET", "todo", f"/api/trackers/{tracker['name']}")
        base = f"/api/user/{tracker['owner']['canonical_name']}/trackers/{tracker['name']}"
        _look_after(client, "todo", f"{base}/webhooks", "todo-tracker", "ticket:create")
    for tracker in trackers:
        if _close_ticket(client, f"/api/user/{tracker['owner']['canonical_name']}/trackers/{tracker['name']}/tickets"):
            return


def _look_after(client: Client, service: str, path: str, place: str, *events: str) -> None:
    """See to it that it is told of events; where that fails, whoever looks at the hub sees an error page."""
    with suppress(Unexpected):
        ensure_webhooks(client, service, path, {f"{client.hooks}/webhooks/{place}/1": list(events)})


def _close_ticket(client: Client, path: str) -> bool:
    """Close the newest ticket of a tracker; whether there is one."""
    tickets = client.get("todo", path).get("results", ())[:1]
    for ticket in tickets:
        told = {"comment": "Fixed by a commit", "resolution": "fixed", "status": "resolved"}
        client.ask("PUT", "todo", f"{path}/{ticket['id']}", json=told)
    return bool(tickets)


def _gickup(client: Client, owner: str) -> None:
    """Lists somebody's repositories and reads references and log of each, to back them up."""
    client.get("git", "/api/user")
    repositories = client.get("git", f"/api/~{owner}/repos/").get("results", ())
    client.ask("GET", "git", f"/api/~{owner}/repos//id=50")
    for repository in repositories[: 2 * FEW]:
        client.ask("GET", "git", f"/api/~{owner}/repos//{repository['name']}/refs")
        client.ask("GET", "git", f"/api/~{owner}/repos/{repository['name']}/log")


def _sdk(client: Client, owner: str) -> None:
    """Pages through somebody's trackers and the tickets of some of them."""
    client.get("todo", "/api/version")
    for tracker in islice(client.pages("todo", f"/api/user/~{owner}/trackers"), FEW):
        list(client.pages("todo", f"/api/user/~{owner}/trackers/{tracker['name']}/tickets"))


def _emacs(client: Client, owner: str) -> None:
    """Shows a list of repositories, then log, tree and README of the oldest."""
    kind: dict[str, Any] = {"headers": {"Content-Type": "application/json"}}
    client.get("git", f"/api/user/~{owner}", **kind)
    list(client.pages("git", "/api/repos", **kind))
    for repository in client.get("git", f"/api/~{owner}/repos", **kind).get("results", ())[-FEW:]:
        base = f"/api/~{owner}/repos/{repository['name']}"
        for path in ("", "/log", "/tree", "/readme"):
            client.ask("GET", "git", base + path, **kind)


def _uploader(client: Client, owner: str) -> None:
    """Attaches a file to a release of its oldest repository that has one."""
    for repository in reversed(list(client.pages("git", "/api/repos"))):
        base = f"/api/repos/{repository['name']}"
        names = [ref["name"] for ref in client.get("git", f"{base}/refs").get("results", ())]
        tags = [name.removeprefix("refs/tags/") for name in names if name.startswith("refs/tags/v")]
        if tags:
            file = (f"{repository['name']}-{time.time_ns()}.txt", b"A release\n")
            if client.ask("POST", "git", f"{base}/artifacts/{tags[-1]}", files={"file": file}).ok:
                return


def _portfolio(client: Client, owner: str) -> None:
    """Makes a page of somebody's public repositories, with the times of their last commits."""
    for repository in client.get("git", f"/api/~{owner}/repos").get("results", ())[:FEW]:
        with suppress(IndexError, KeyError):
            client.get("git", f"/api/~{owner}/repos/{repository['name']}/log")["results"][0]["timestamp"]


def _audit(client: Client, owner: str) -> None:
    """Asks for repositories with a token of another instance, again and again."""
    for _ in range(FEW):
        client.get("git", "/api/repos")


SCRIPTS = (
    Script("hub.sr.ht", "python-requests/2.31.0", "Internal", ("git", "hg", "todo"), 1, _hub),
    Script("gickup", "gickup/0.10.7", "token", ("git",), 2, _gickup),
    Script("sourcehut-go", "sourcehut-go/0.1.0", "token", ("todo",), 3, _sdk),
    Script("srht.el", "curl/7.88.1", "token", ("git",), 4, _emacs),
    Script("upload-artifact.sh", "curl/8.5.0", "token", ("git",), 0, _uploader),
    Script("a portfolio page", "axios/1.6.2", "Bearer", ("git",), 5, _portfolio),
    Script("a mirror audit", "Wget/1.21.3", "token", ("git",), 0, _audit, forged=True),
)
