"""A worker's threads, shared between services."""

import json

from werkzeug.test import Client
from werkzeug.wrappers import Response

from shim.front import Shares


def taken(shares, service):
    count = 0
    while shares.take(service):
        count += 1
    return count


def test_one_service_leaves_the_others_half_and_two_a_third():
    shares = Shares(32)
    assert taken(shares, "git") == 16
    assert taken(shares, "hg") == 8
    assert shares.take("todo")


def test_a_service_that_has_nothing_is_always_served():
    shares = Shares(2)
    assert [shares.take(name) for name in ("git", "hg", "todo")] == [True, True, True]


def test_who_comes_in_vain_is_told_to_come_again_and_a_thread_is_given_back_when_the_answer_is_closed():
    shares = Shares(2)
    client = Client(shares.around("git", Response("fine")))
    first = client.get("/")
    refused = client.get("/")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert json.loads(refused.data) == {"errors": [{"reason": "git.sr.ht is busy; try again later"}]}
    first.close()
    assert client.get("/").status_code == 200


def test_an_app_that_fails_gives_its_thread_back():
    def failing(environ, start_response):
        raise RuntimeError("no")

    shares = Shares(2)
    for _ in range(3):
        try:
            Client(shares.around("git", failing)).get("/")
        except RuntimeError:
            continue
    assert shares.take("git")
