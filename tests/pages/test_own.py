"""`/api/shim/usage`: everybody learns of their own calls, whoever they say they are."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.test import Client

from shim.app import create_app
from shim.config import parse
from shim.crypto import BearerToken, internal_authorization
from shim.services import discover
from shim.store import StoreError, open_store
from shim.usage.identity import Identity
from tests.conftest import NETWORK_KEY, WEBHOOK_KEY
from tests.usage.kit import HOUR, put

FAR = 4102444800
INI = """
[sr.ht]
network-key = {key}
[shim]
era = 2024
internal-ipnet = 127.0.0.0/8
{more}
[git.sr.ht]
origin = https://git.example.org
api-origin = {origin}
[todo.sr.ht]
origin = https://todo.example.org
api-origin = {origin}/todo
[git.sr.ht::get-repos]
sunset = 2099-06-30
removal = 2099-12-31
brownouts = 2020-01-01T00:00Z/1h, 2099-01-10T12:00Z/12h
note = Ask <us>
"""
REFUSED = (403, "application/json", '{"errors": [{"message": "Invalid bearer token"}]}')


@pytest.fixture
def recent():
    """The hour before this one."""
    return int(time.time()) // HOUR * HOUR - HOUR


@pytest.fixture
def filled(store, recent):
    """Calls of two users in both services."""
    for caller, calls in (("ann", 3), ("bob", 50)):
        put(
            store,
            {"hour": recent, "caller": caller, "calls": calls, "refused": 1, "agent": f"{caller}bot/1"},
            {"hour": recent, "caller": caller, "calls": 1, "agent": "curl/8", "rehearsed": 1},
            {"hour": recent, "caller": caller, "calls": 2, "service": "todo", "endpoint": "get-trackers"},
            {"hour": recent - 40 * 24 * HOUR, "caller": caller, "endpoint": "get-user"},
        )
    put(store, {"hour": recent, "caller": ""}, {"hour": recent, "caller": "(other)", "endpoint": "get-repos-r"})
    return store


def asker(script, store, more=""):
    """Who asks for usage: `ask(authorization, query)`."""
    config = parse(INI.format(key=NETWORK_KEY, origin=script.origin, more=more), "the test's")
    client = Client(create_app(config, store=store))

    def ask(authorization, query="", **request):
        headers = {"Authorization": authorization} if authorization else {}
        path = f"/api/shim/usage{query}"
        environ = {"REMOTE_ADDR": request.pop("peer", "127.0.0.1")}
        return client.open(path, headers=headers, environ_overrides=environ, **{"method": "GET", **request})

    return ask


def token(name, grants="", key=WEBHOOK_KEY):
    return f"token {BearerToken(FAR, grants, '', name).mint(key)}"


def says(name):
    """What the API answers to who asks as somebody."""
    return {"data": {"me": {"name": name}}}


def test_callers_see_what_they_use_until_when_and_what_replaces_it(script, filled):
    script.steps = [says("ann")]
    response = asker(script, filled)(token("ann"))
    assert (response.status_code, response.content_type) == (200, "application/json")
    assert response.headers["Cache-Control"] == "no-store"
    told = response.json
    assert (told["caller"], told["total"], told["note"]) == ("~ann", 2, "")
    first, second = told["results"]
    assert (first["endpoint"], first["slug"], first["calls"], first["refused"], first["rehearsed"]) == (
        ("GET /api/repos", "get-repos", 4, 1, 1)
    )
    assert first["agents"] == [{"agent": "annbot/1", "calls": 3}, {"agent": "curl/8", "calls": 1}]
    assert (first["sunset"], first["removal"]) == ("2099-06-30T00:00:00Z", "2099-12-31T00:00:00Z")
    assert first["brownout"] == {"begin": "2099-01-10T12:00:00Z", "end": "2099-01-11T00:00:00Z"}
    assert first["note"] == "Ask <us>"
    assert first["grants"] == ["git.sr.ht/PROFILE:RO", "git.sr.ht/REPOSITORIES:RO"]
    assert first["migrate"] == "https://git.example.org/migrate/git/get-repos"
    assert {document["operation"] for document in first["documents"]} == {"Repositories"}
    assert any(document["variables"].get("u") == "ann" for document in first["documents"])
    assert (second["service"], second["calls"], second["sunset"], second["brownout"]) == ("todo", 2, None, None)


def test_it_costs_the_api_one_call(script, filled):
    script.steps = [says("ann")]
    asker(script, filled)(token("ann"))
    assert [asked["operationName"] for asked in script.asked] == ["Caller"]
    assert script.requests[0]["headers"]["Authorization"] == token("ann").replace("token", "Bearer")


def test_two_users_learn_nothing_of_each_other(script, filled):
    ask = asker(script, filled)
    for name, other, calls in (("ann", "bob", [4, 2]), ("bob", "ann", [51, 2]), ("ann", "bob", [4, 2])):
        script.steps = [says(name)]
        response = ask(token(name))
        assert [row["calls"] for row in response.json["results"]] == calls
        assert other not in response.get_data(as_text=True)


def test_a_name_in_a_token_is_worth_nothing(script, filled):
    """A token that says bob, but that the API takes for ann's, tells of ann; one that it refuses, of nobody."""
    ask = asker(script, filled)
    script.steps = [says("ann")]
    assert ask(token("bob")).json["caller"] == "~ann"
    script.steps = [REFUSED]
    forged = ask(token("bob", key="AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="))
    assert (forged.status_code, forged.json) == (400, {"errors": [{"reason": "Invalid or expired OAuth token"}]})


@pytest.mark.parametrize("query", ["?caller=bob", "?user=bob", "?callers=bob&name=bob"])
def test_nobody_can_ask_for_another(script, filled, query):
    script.steps = [says("ann")]
    assert asker(script, filled)(token("ann"), query).json["caller"] == "~ann"


def test_internal_authorization_asks_for_its_user_from_allowed_peers(script, filled):
    ask = asker(script, filled)
    script.steps = [says("bob")]
    header = f"Internal {internal_authorization(NETWORK_KEY, 'bob')}"
    assert ask(header).json["results"][0]["calls"] == 51
    script.requests.clear()
    refused = ask(header, peer="192.0.2.1")
    assert (refused.status_code, refused.json) == (403, {"reason": "Internal request authorization failed."})
    stranger = internal_authorization("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "bob")
    assert ask(f"Internal {stranger}").status_code == 403
    assert script.requests == []


@pytest.mark.parametrize(("authorization", "status"), [("", 401), ("Basic YTpi", 401), ("token x", 400)])
def test_who_has_no_token_is_refused_as_ever(script, filled, authorization, status):
    response = asker(script, filled)(authorization)
    assert (response.status_code, list(response.json)) == (status, ["errors"])
    assert script.requests == []


def test_the_service_is_asked_that_the_token_is_good_for(script, filled):
    script.steps = [says("ann")]
    assert asker(script, filled)(token("ann", "todo.sr.ht/PROFILE:RO")).status_code == 200
    assert [request["path"] for request in script.requests] == ["/todo/query"]


@pytest.mark.parametrize("grants", ["git.sr.ht/REPOSITORIES:RW", "meta.sr.ht/PROFILE:RW", "hg.sr.ht/PROFILE:RO"])
def test_who_lacks_a_grant_is_told_of_all_that_would_do(script, filled, grants):
    response = asker(script, filled)(token("ann", grants))
    assert (response.status_code, script.requests) == (403, [])
    assert response.json["errors"][0]["reason"].endswith("(needs git.sr.ht/PROFILE:RO or todo.sr.ht/PROFILE:RO)")
    assert response.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="git.sr.ht/PROFILE:RO"'


@pytest.mark.parametrize("name", ["(other)", "", "hash:0", "a/b"])
def test_an_odd_name_has_no_calls(script, filled, name):
    script.steps = [says(name)]
    assert asker(script, filled)(token("ann")).json["results"] == []


def test_the_time_can_be_chosen(script, filled):
    script.steps = [says("ann")]
    ask = asker(script, filled)
    assert {row["slug"] for row in ask(token("ann"), "?since=90d").json["results"]} >= {"get-user"}
    for since in ("99999d", "-1d", "x", "", "1e9d"):
        refused = ask(token("ann"), f"?since={since}")
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (400, "since")


def test_without_a_store_it_says_so_and_asks_nobody(script):
    response = asker(script, None)(token("ann"))
    assert (response.status_code, response.json) == (
        (503, {"errors": [{"reason": "This shim keeps no record of calls: its operator has turned that off"}]})
    )
    assert script.requests == []


def test_a_store_that_fails_is_told_without_its_secrets(script, tmp_path):
    script.steps = [says("ann")]
    store = open_store(f"sqlite:///{tmp_path}/absent/s.sqlite3")
    with pytest.raises(StoreError):
        store.read("SELECT 1")
    response = asker(script, store)(token("ann"))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert str(tmp_path) not in response.get_data(as_text=True)
    store.close()


def test_hashed_callers_are_found_by_their_hash(script, store, recent):
    hashed = Identity("hash", NETWORK_KEY).stored("ann")
    put(store, {"hour": recent, "caller": hashed, "calls": 5}, {"hour": recent, "caller": "ann", "calls": 2})
    put(store, {"hour": recent, "caller": Identity("hash", NETWORK_KEY).stored("bob"), "calls": 70})
    script.steps = [says("ann")]
    told = asker(script, store, "usage-identity = hash")(token("ann")).json
    assert [row["calls"] for row in told["results"]] == [7]
    assert "hashes" in told["note"]
    assert hashed not in json.dumps(told)


def test_where_nobody_is_recorded_it_says_so(script, store, recent):
    put(store, {"hour": recent, "caller": ""})
    script.steps = [says("ann")]
    told = asker(script, store, "usage-identity = none")(token("ann")).json
    assert (told["results"], told["note"]) == ([], "Callers are not recorded, so nothing is known of new calls.")


@pytest.mark.parametrize(("method", "path", "status"), [("POST", "usage", 405), ("GET", "nothing", 404)])
def test_what_is_not_there_is_json_as_well(script, filled, method, path, status):
    config = parse(INI.format(key=NETWORK_KEY, origin=script.origin, more=""), "the test's")
    response = Client(create_app(config, store=filled)).open(f"/api/shim/{path}", method=method)
    assert (response.status_code, list(response.json)) == (status, ["errors"])


def test_an_api_that_is_not_there_is_a_502(script, filled):
    script.steps = [(500, "text/html", "<h1>no</h1>")]
    response = asker(script, filled)(token("ann"))
    assert (response.status_code, list(response.json)) == (502, ["errors"])


def test_callers_who_wait_for_the_api_leave_threads_to_others(script, filled):
    """Of four threads, two wait for a server that does not answer; the services go on."""
    config = parse(INI.format(key=NETWORK_KEY, origin=script.origin, more=""), "the test's")
    client = Client(create_app(config, threads=4, store=filled))
    asked, go_on = threading.Semaphore(0), threading.Event()

    def hang(handler):
        asked.release()
        go_on.wait(60)
        script.play(handler, (200, "application/json", json.dumps(says("ann"))))

    script.steps = [hang]
    headers = {"Authorization": token("ann")}
    with ThreadPoolExecutor(2) as threads:
        waiting = [threads.submit(client.get, "/api/shim/usage", headers=headers) for _ in range(2)]
        assert all(asked.acquire(timeout=60) for _ in waiting)
        refused = client.get("/api/shim/usage", headers=headers)
        served = client.get("/git/api/version")
        go_on.set()
    assert (refused.status_code, refused.json) == (
        (503, {"errors": [{"reason": "This page is busy; try again later"}]})
    )
    assert served.status_code == 200
    assert [each.result().status_code for each in waiting] == [200, 200]


@pytest.mark.parametrize(
    "failure",
    [
        (502, "text/html", "down"),
        (
            500,
            "application/json",
            '{"errors": [{"message": "Authentication error: Temporary error; try again later"}]}',
        ),
    ],
)
def test_another_service_is_asked_where_one_is_down(script, filled, failure):
    script.steps = [failure, says("ann")]
    assert asker(script, filled)(token("ann")).json["caller"] == "~ann"
    assert [request["path"] for request in script.requests] == ["/query", "/todo/query"]


def test_a_refused_token_is_asked_about_once(script, filled):
    script.steps = [REFUSED, says("ann")]
    assert asker(script, filled)(token("ann")).status_code == 400
    assert len(script.requests) == 1


@pytest.mark.parametrize("service", [service.name for service in discover()])
def test_every_service_can_tell_who_asks(script, sqlite_store, service):
    """An instance may have but one of them."""
    text = f"[sr.ht]\nnetwork-key={NETWORK_KEY}\n[{service}.sr.ht]\norigin={script.origin}\n[shim]\nera=2024\n"
    script.steps = [says("ann")]
    client = Client(create_app(parse(text, "the test's"), store=sqlite_store))
    answer = client.get("/api/shim/usage", headers={"Authorization": token("ann")})
    assert (answer.status_code, answer.json["caller"]) == (200, "~ann")
