"""How an old client asks: by path, page by page, no longer than it may."""

import time
from contextlib import closing

import pytest

from shim.sandbox.clients import Client, Unreachable
from shim.sandbox.clients.client import PAGES


@pytest.fixture
def client(script):
    minted = iter(range(100))
    with closing(Client(script.origin, "hut/0.1", lambda: f"token {next(minted)}", time.monotonic() + 60)) as client:
        yield client


def answers(*texts):
    return [(200, "application/json", text) for text in texts]


def test_it_says_who_it_is_and_asks_with_a_new_credential_each_time(client, script):
    script.steps = answers("{}")
    client.get("git", "/api/user")
    client.get("git", "/api/user")
    assert {request["path"] for request in script.requests} == {"/git/api/user"}
    assert [request["headers"]["Authorization"] for request in script.requests] == ["token 0", "token 1"]
    assert {request["headers"]["User-Agent"] for request in script.requests} == {"hut/0.1"}


def test_pages_are_followed_by_what_the_last_one_named(client, script):
    script.steps = answers('{"next": "7", "results": [1, 2]}', '{"next": null, "results": [3]}')
    assert list(client.pages("git", "/api/repos", start="-1")) == [1, 2, 3]
    assert [request["path"].partition("?")[2] for request in script.requests] == ["start=-1", "start=7"]


def test_a_list_without_an_end_is_left_some_time(client, script):
    script.steps = answers('{"next": "7", "results": [1]}')
    assert len(list(client.pages("git", "/api/repos"))) == PAGES


def test_what_is_no_json_or_no_success_holds_nothing(client, script):
    script.steps = [(200, "text/html", "<html>"), (404, "application/json", '{"errors": []}')]
    assert [client.get("git", "/x"), client.get("git", "/x")] == [{}, {}]
    assert client.answered == {200: 1, 404: 1}


def test_nothing_is_asked_when_there_is_no_time_left(script):
    with closing(Client(script.origin, "hut/0.1", str, time.monotonic() - 1)) as late, pytest.raises(Unreachable):
        late.get("git", "/api/user")
    assert script.requests == []
