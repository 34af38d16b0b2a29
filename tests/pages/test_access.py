"""Nobody sees the dashboard without its password."""

from __future__ import annotations

import hmac

import pytest

from shim.pages import access
from shim.pages.access import WRONG
from tests.pages import kit

PATHS = [
    "/usage",
    "/usage.json",
    "/usage/callers.csv",
    "/usage/endpoints/git/get-repos",
    "/usage/calendar",
    "/usage/parity",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_page_asks_for_the_password(filled, path):
    answer = kit.client(filled, password="").get(path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert "charset" in answer.headers["WWW-Authenticate"]
    assert b"alice" not in answer.data


def test_every_route_of_the_dashboard_asks_for_it(filled):
    app = kit.client(filled).application
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/usage")]
    assert len(rules) >= 14
    for rule in rules:
        values = {name: "csv" if name == "suffix" else "x" for name in rule.arguments}
        with app.test_request_context():
            url = app.url_for(rule.endpoint, **values)
        assert kit.client(filled, password="").get(url).status_code == 401, url


@pytest.mark.parametrize(
    "header",
    [
        kit.basic("wrong"),
        kit.basic(kit.PASSWORD + "x"),
        kit.basic(kit.PASSWORD[:-1]),
        kit.basic("", kit.PASSWORD),
        "Basic",
        "Basic !!!",
        "Basic YQ==",
        f"Bearer {kit.PASSWORD}",
        "Digest username=x",
    ],
)
def test_anything_else_is_refused_and_asked_again(filled, header):
    answer = kit.client(filled, password="").get("/usage", headers={"Authorization": header})
    assert answer.status_code == 401
    assert "WWW-Authenticate" in answer.headers


@pytest.mark.parametrize("user", ["", "admin", "ünï"])
def test_any_user_name_will_do(filled, user):
    answer = kit.client(filled, password="").get("/usage", headers={"Authorization": kit.basic(kit.PASSWORD, user)})
    assert answer.status_code == 200


def test_passwords_are_compared_in_constant_time(filled, monkeypatch):
    compared = []
    monkeypatch.setattr(access.hmac, "compare_digest", lambda a, b: compared.append((a, b)) or a == b)
    client = kit.client(filled, password="")
    for sent in ("", "x", kit.PASSWORD, "x" * 5000):
        client.get("/usage", headers={"Authorization": kit.basic(sent)})
    client.get("/usage")
    assert len(compared) == 5
    assert {len(side) for pair in compared for side in pair} == {32}
    assert hmac is access.hmac


def test_without_one_the_dashboard_is_off_and_says_how_to_turn_it_on(filled):
    client = kit.client(filled, "[shim]\ndashboard-password =\n")
    for path in PATHS:
        answer = client.get(path)
        assert answer.status_code == 404
        assert "dashboard-password" in answer.text
        assert "alice" not in answer.text


def test_wrong_ones_are_logged_without_them(filled, logged):
    client = kit.client(filled, password="")
    client.get("/usage", headers={"Authorization": kit.basic("s3cr3t-gu3ss", "us3r")})
    assert [(entry["event"], entry["peer"]) for entry in logged] == [("dashboard: wrong password", "127.0.0.1")]
    assert "s3cr3t" not in str(logged)
    assert "us3r" not in str(logged)


def test_to_ask_without_one_is_no_wrong_try(filled, logged):
    client = kit.client(filled, password="")
    for _ in range(WRONG + 1):
        assert client.get("/usage").status_code == 401
    assert logged == []


def test_who_tries_too_often_waits_a_minute_others_do_not(filled):
    clock = [kit.CLOCK]
    client = kit.client(filled, password="", now=lambda: clock[0])
    wrong, right = ({"Authorization": kit.basic(word)} for word in ("wrong", kit.PASSWORD))
    peer = {"REMOTE_ADDR": "192.0.2.1"}
    for _ in range(WRONG):
        assert client.get("/usage", headers=wrong, environ_overrides=peer).status_code == 401
    answer = client.get("/usage", headers=right, environ_overrides=peer)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert client.get("/usage", headers=right, environ_overrides={"REMOTE_ADDR": "192.0.2.2"}).status_code == 200
    clock[0] += 60
    assert client.get("/usage", headers=right, environ_overrides=peer).status_code == 200


def test_who_cannot_be_told_apart_is_not_locked_out(filled):
    client = kit.client(filled, password="")
    wrong, right = ({"Authorization": kit.basic(word)} for word in ("wrong", kit.PASSWORD))
    for _ in range(WRONG + 5):
        client.get("/usage", headers=wrong, environ_overrides={"REMOTE_ADDR": ""})
    assert client.get("/usage", headers=right, environ_overrides={"REMOTE_ADDR": ""}).status_code == 200


def test_only_so_many_peers_are_remembered():
    tries = access.Tries()
    for number in range(5000):
        tries.add(f"peer {number}", 0.0)
    assert len(tries._made) == 1000


def test_the_password_stays_on_the_pages_it_is_for(filled):
    client = kit.client(filled, password="")
    for path in ("/migrate/", "/sunset.ics"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "WWW-Authenticate" not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/usage", "/usage/callers/alice", "/migrate/git/get-repos", "/sunset.ics"])
def test_nothing_can_be_changed_through_pages(reader, method, path):
    assert reader.open(path, method=method).status_code == 405


def test_another_site_gets_nothing_to_use(reader):
    answer = reader.get("/usage.json", headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"})
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not [name for name, _ in answer.headers if name.lower().startswith(("access-control", "set-cookie"))]
