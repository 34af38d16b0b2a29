"""The hub of August 2024 (clients H1) looks after its webhooks, and reads what it is told (statements 50 to 59)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shim.sandbox.clients.core import Unexpected, ensure_webhooks, results
from tests.clients.causes import CAUSES, Cause, changed_by_legacy, ticket_by_legacy
from tests.clients.hub import LEVELS, TRACKER, Hub, Level
from tests.clients.kit import Hearer, Noting, Stand

PLACES = pytest.mark.parametrize("place", LEVELS)


@pytest.fixture
def heard(stand: Stand) -> Iterator[tuple[Hub, Hearer]]:
    """The hub where it is told of events."""
    hub = Hub(stand.public_key)
    hearer = Hearer(hub.hear)
    yield hub, hearer
    hearer.close()


def wanted(level: Level, base: str = "http://hub.example.org") -> dict[str, list[str]]:
    """What the hub wants to be told of at a level."""
    return {f"{base}/webhooks/{level.place}": list(level.events)}


def look_after(client: Noting, level: Level, base: str = "http://hub.example.org", backwards: bool = False) -> None:
    """Look after the webhooks of a level, as the hub does whenever somebody logs in or adds a resource."""
    events = wanted(level, base)
    if backwards:
        events = {url: each[::-1] for url, each in events.items()}
    ensure_webhooks(client, level.service, level.path, events)


class TestMaintenance:
    """Listing, comparing, deleting and creating."""

    @PLACES
    def test_it_subscribes_once(self, stand: Stand, place: str) -> None:
        hub, level = stand.internal(), LEVELS[place]
        look_after(hub, level)
        assert hub.taken() == [f"GET {level.path}?start=-1 200", f"POST {level.path} 201"]
        look_after(hub, level)
        assert hub.taken() == [f"GET {level.path}?start=-1 200"]
        (row,) = results(hub, level.service, level.path)
        assert {row["url"]: row["events"]} == wanted(level)

    @pytest.mark.parametrize("place", [name for name, level in LEVELS.items() if len(level.events) > 1])
    def test_events_in_another_order_are_exchanged(self, stand: Stand, place: str) -> None:
        hub, level = stand.internal(), LEVELS[place]
        look_after(hub, level, backwards=True)
        (old,) = results(hub, level.service, level.path)
        hub.taken()
        look_after(hub, level)
        listed, deleted, created = hub.taken()
        assert (listed, created) == (f"GET {level.path}?start=-1 200", f"POST {level.path} 201")
        assert deleted == f"DELETE {level.path}/{old['id']} 204"
        (row,) = results(hub, level.service, level.path)
        assert (row["events"], row["id"] == old["id"]) == (list(level.events), False)

    @PLACES
    def test_other_urls_are_left_alone_and_repeated_ones_are_kept_apart(self, stand: Stand, place: str) -> None:
        hub, level = stand.internal(), LEVELS[place]
        look_after(hub, level, "http://elsewhere.example.org")
        look_after(hub, level)
        body = {"events": list(level.events), "url": next(iter(wanted(level)))}
        assert hub.ask("POST", level.service, level.path, json=body).status_code == 201
        rows = list(results(hub, level.service, level.path))
        assert [row["url"] for row in rows].count(body["url"]) == 2
        assert len({row["id"] for row in rows}) == 3
        hub.taken()
        look_after(hub, level)
        assert hub.taken() == [f"GET {level.path}?start=-1 200"]

    @PLACES
    def test_whose_they_are(self, stand: Stand, place: str) -> None:
        """Those of a user's programs are nothing to the hub, nor are its own to them."""
        hub, level = stand.internal(), LEVELS[place]
        look_after(hub, level)
        (row,) = results(hub, level.service, level.path)
        program = stand.program()
        assert program.get(level.service, level.path)["results"] == []
        assert program.ask("GET", level.service, f"{level.path}/{row['id']}").status_code == 401
        assert program.ask("DELETE", level.service, f"{level.path}/{row['id']}").status_code == 401

    def test_more_than_a_page_of_them(self, stand: Stand) -> None:
        """The hub has one for each of its rows; upstream lists 25 at a time."""
        hub, level = stand.internal(), LEVELS["git-user"]
        places = [f"http://hub.example.org/webhooks/git-user/{number}" for number in range(60)]
        ensure_webhooks(hub, level.service, level.path, {url: list(level.events) for url in places})
        assert hub.answered == {200: 1, 201: 60}
        hub.taken()
        ensure_webhooks(hub, level.service, level.path, {url: list(level.events) for url in places})
        assert [line.split()[0] for line in hub.taken()] == ["GET", "GET"]


class TestTold:
    """What is done, by whichever way, reaches the hub, which can read it."""

    @pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: f"{cause.event}-{cause.act.__qualname__.split('.')[0]}")
    def test_it_is_told_once_and_reads_it(self, stand: Stand, heard: tuple[Hub, Hearer], cause: Cause) -> None:
        hub, hearer = heard
        look_after(stand.internal(), LEVELS[cause.place], hearer.url)
        read = cause.act(stand)
        assert hearer.statuses == [200] * len(hearer.hooks)
        assert hub.told == [(cause.place, cause.event, read)]
        assert {hook.path for hook in hearer.hooks} == {f"/webhooks/{LEVELS[cause.place].place}"}

    def test_it_subscribes_to_a_ticket_while_it_is_told_of_it(self, stand: Stand) -> None:
        hub = Hub(stand.public_key)

        def hear(hook: Any) -> int:
            status = hub.hear(hook)
            (place, _, read) = hub.told[-1]
            if place == "todo-tracker":
                level = Level("todo", f"{TRACKER}/tickets/{read['id']}/webhooks", "todo-ticket/1/ticket", EVENT)
                look_after(stand.internal(), level, hearer.url)
            return status

        hearer = Hearer(hear)
        look_after(stand.internal(), LEVELS["todo-tracker"], hearer.url)
        number = ticket_by_legacy(stand)["id"]
        stand.legacy("PUT", "todo", f"{TRACKER}/tickets/{number}", comment="Thanks")
        hearer.close()
        assert (hearer.statuses, [event for _, event, _ in hub.told]) == ([200, 200], ["ticket:create", "event:create"])

    @pytest.mark.parametrize("status", [404, 500])
    def test_an_error_of_its_own_ends_neither_this_nor_comes_again(self, stand: Stand, status: int) -> None:
        hearer = Hearer(lambda hook: status)
        look_after(stand.internal(), LEVELS["git-user"], hearer.url)
        changed_by_legacy("git")(stand)
        stand.legacy("PUT", "git", "/api/repos/told", description="again")
        hearer.close()
        assert ([hook.event for hook in hearer.hooks], stand.sandbox.waiting) == (["repo:update"] * 2, 0)

    def test_an_end_is_an_end(self, stand: Stand, heard: tuple[Hub, Hearer]) -> None:
        hub, hearer = heard
        client, level = stand.internal(), LEVELS["git-user"]
        look_after(client, level, hearer.url)
        (row,) = results(client, level.service, level.path)
        assert client.ask("DELETE", level.service, f"{level.path}/{row['id']}").status_code == 204
        changed_by_legacy("git")(stand)
        assert hub.told == []


EVENT = ("event:create",)


class TestBefore:
    """Before the API of 2026 other servers can't subscribe (conventions 9.1): nothing is asked that it fails over."""

    @pytest.mark.parametrize("place", [name for name in LEVELS if name != "git-repo"])
    def test_the_hub_finds_nothing_and_shows_an_error_page(self, stands: Callable[[str], Stand], place: str) -> None:
        stand, level = stands("2024"), LEVELS[place]
        hub = stand.internal()
        with pytest.raises(Unexpected) as shown_:
            look_after(hub, level)
        assert hub.taken() == [f"GET {level.path}?start=-1 200", f"POST {level.path} 501"]
        reason = "Webhooks of other services need a newer GraphQL API"
        assert json.loads(str(shown_.value)) == {"errors": [{"reason": reason}]}
        assert [asked for asked in stand.upstream if "ebhook" in asked] == []

    def test_there_are_no_webhooks_of_git_repositories(self, stands: Callable[[str], Stand]) -> None:
        stand, level = stands("2024"), LEVELS["git-repo"]
        hub = stand.internal()
        with pytest.raises(Unexpected) as shown_:
            look_after(hub, level)
        assert hub.taken() == [f"GET {level.path}?start=-1 501"]
        assert json.loads(str(shown_.value))["errors"][0]["reason"]
        assert [asked for asked in stand.upstream if "ebhook" in asked] == []

    def test_the_hub_goes_on_with_what_needs_none(self, stands: Callable[[str], Stand]) -> None:
        hub = stands("2024").internal()
        with pytest.raises(Unexpected):
            look_after(hub, LEVELS["todo-user"])
        assert [row["name"] for row in results(hub, "todo", "/api/trackers")][-1] == "widgets"
        body = {"comment": "Fixed by a commit", "resolution": "fixed", "status": "resolved"}
        assert hub.ask("PUT", "todo", f"{TRACKER}/tickets/2", json=body).status_code == 200
