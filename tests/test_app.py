"""The whole app, with a store behind it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from threading import enumerate as threads

from werkzeug.test import Client

from shim.app import create_app
from shim.config import parse
from shim.crypto import BearerToken
from tests.conftest import NETWORK_KEY, WEBHOOK_KEY

TOKEN = BearerToken(4102444800, "", "", "ann").mint(WEBHOOK_KEY)
INI = f"""
[sr.ht]
network-key = {NETWORK_KEY}
[webhooks]
private-key = {WEBHOOK_KEY}
[git.sr.ht]
origin = http://git.example.org
api-origin = {{}}
[shim]
era = 2024
state = {{}}
"""
REFUSED = (403, "application/json", '{"errors": [{"message": "Invalid bearer token"}]}')


def ask(app, path, **headers):
    response = Client(app).get(path, base_url="http://git.example.org", headers=headers)
    response.close()
    return response.status_code


def test_calls_are_counted_by_who_was_let_in(script, store, tmp_path):
    script.steps = [{"data": {"owner": {"name": "ann"}}}, REFUSED]
    config = parse(INI.format(script.origin, tmp_path), "x")
    other = BearerToken(4102444800, "", "", "eve").mint("HxIeHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgE=")
    with closing(create_app(config, store=store)) as app:
        assert ask(app, "/api/user?token=x", Authorization=f"token {TOKEN}") == 200
        assert ask(app, "/api/user", Authorization=f"Bearer {other}") == 400
        assert ask(app, "/api/user") == 401
        assert ask(app, "/api/nothing", Authorization=f"token {TOKEN}") == 404
    rows = store.read("SELECT endpoint, caller, authorization_kind, status, calls FROM usage")
    assert sorted(tuple(row.values()) for row in rows) == [
        ("get-user", "", "none", "4xx", 1),
        ("get-user", "", "unverified", "4xx", 1),
        ("get-user", "ann", "token", "2xx", 1),
    ]


def test_names_may_be_hashed_or_left_out(script, store, tmp_path):
    script.steps = [{"data": {"owner": {"name": "ann"}}}]
    config = parse(INI.format(script.origin, tmp_path), "x")
    for kept in ("hash", "none"):
        with closing(create_app(replace(config, usage_identity=kept), store=store)) as app:
            assert ask(app, "/api/user", Authorization=f"token {TOKEN}") == 200
    callers = sorted(row["caller"] for row in store.read("SELECT caller FROM usage"))
    assert callers[0] == ""
    assert callers[1].startswith("hash:")
    assert b"ann" not in b"".join(path.read_bytes() for path in tmp_path.glob("*"))


def test_without_a_store_nothing_is_counted_and_no_thread_begins(script, tmp_path):
    app = create_app(parse(INI.format(script.origin, tmp_path), "x"))
    app.begin()
    ask(app, "/api/version")
    app.close()
    assert "chores" not in {thread.name for thread in threads()}
