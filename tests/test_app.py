"""The whole app, with a store behind it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from threading import Event
from threading import enumerate as threads
from time import time

from werkzeug.test import Client

from shim.app import create_app
from shim.config import parse
from shim.crypto import BearerToken
from shim.sunset import pauses
from shim.sunset.pauses import pause
from shim.usage.recorder import Recorder
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


def test_metrics_show_what_is_lost_and_what_waits(script, store, tmp_path, monkeypatch):
    monkeypatch.setattr(Recorder, "lost", {"full": 3})
    monkeypatch.setattr(Recorder, "queued", 2)
    with closing(create_app(parse(INI.format(script.origin, tmp_path), "x"), store=store)) as app:
        app.begin()
    response = Client(app).get("/metrics", environ_overrides={"REMOTE_ADDR": "127.0.0.1"})
    told = dict(line.rsplit(" ", 1) for line in response.get_data(as_text=True).splitlines() if line[0] != "#")
    response.close()
    assert (float(told['shim_usage_lost_total{reason="full"}']), float(told["shim_usage_queue"])) == (3, 2)


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


def in_a_brownout(script, folder):
    """The configuration of a service that refuses all calls now, unless it is paused."""
    begin = datetime.now(timezone.utc) - timedelta(hours=1)
    ends = f"[git.sr.ht::shim]\nbrownouts = {begin:%Y-%m-%dT%H:%MZ}/1d\n"
    return parse(INI.format(script.origin, folder) + ends, "x")


def test_a_process_knows_what_is_paused_before_its_first_call(script, store, tmp_path):
    with closing(create_app(in_a_brownout(script, tmp_path), store=store)) as app:
        app.begin()
        assert ask(app, "/api/version") == 410
    pause(store, "git", None, int(time()))
    with closing(create_app(in_a_brownout(script, tmp_path), store=store)) as app:
        app.begin()
        assert ask(app, "/api/version") == 200


def test_a_store_that_does_not_answer_keeps_nobody_from_serving(script, store, tmp_path, monkeypatch):
    answers, waited = Event(), []
    monkeypatch.setattr(pauses, "active", lambda store: waited.append(answers.wait()) or {})
    with closing(create_app(in_a_brownout(script, tmp_path), store=store)) as app:
        app.begin()
        assert (ask(app, "/api/version"), waited) == (410, [])
        answers.set()
    assert waited == [True]


def test_without_a_store_nothing_is_counted_and_no_thread_begins(script, tmp_path):
    app = create_app(parse(INI.format(script.origin, tmp_path), "x"))
    app.begin()
    ask(app, "/api/version")
    app.close()
    assert "chores" not in {thread.name for thread in threads()}
