"""What the log says: crashes and failing APIs, on standard error, and nothing that opens a door."""

from __future__ import annotations

import json
import logging
import sys

import pytest
import structlog

from shim import logs
from shim.crypto import BearerToken
from shim.rest.caller import Caller, Policy
from shim.services import call
from shim.upstream import Asker
from tests.conftest import NETWORK_KEY, WEBHOOK_KEY
from tests.toy import client, config

TOKEN = BearerToken(4102444800, "", "", "jdoe").mint(WEBHOOK_KEY)
AUTHORIZED = {"Authorization": f"token {TOKEN}"}


@pytest.fixture
def broken(monkeypatch):
    """An upstream whose client has a fault."""

    def fail(*arguments):
        raise RuntimeError("a fault")

    monkeypatch.setattr(call.Call, "_send", fail)


def lines(capsys):
    out, err = capsys.readouterr()
    assert out == ""
    return [json.loads(line) for line in err.splitlines()]


def test_a_crash_is_one_line_with_the_id_that_the_caller_got(broken, capsys):
    logs.configure()
    answer = client().get("/api/user", headers=AUTHORIZED)
    (line,) = lines(capsys)
    assert (answer.status_code, line["request_id"]) == (500, answer.headers["X-Request-Id"])
    assert (line["event"], line["level"], line["path"]) == ("crash", "error", "/api/user")
    assert "RuntimeError: a fault" in line["exception"]


@pytest.mark.parametrize("terminal", [False, True])
def test_a_crash_tells_no_credential(broken, capsys, monkeypatch, terminal):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    logs.configure()
    client().get("/api/user", headers=AUTHORIZED)
    told = "".join(capsys.readouterr())
    assert "RuntimeError: a fault" in told
    assert [secret for secret in (TOKEN[:20], NETWORK_KEY[:20]) if secret in told] == []


def test_colours_are_left_out_where_nobody_wants_them(broken, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    logs.configure()
    client().get("/api/user", headers=AUTHORIZED)
    assert "\x1b" not in capsys.readouterr().err


def test_an_api_that_is_down_is_in_the_log(capsys):
    logs.configure()
    assert client("http://127.0.0.1:9").get("/api/user", headers=AUTHORIZED).status_code == 502
    (line,) = lines(capsys)
    assert (line["event"], line["service"], line["kind"]) == ("upstream", "toy", "unreachable")
    assert line["message"] == "unreachable: ConnectionError"


def test_a_refused_caller_is_not(capsys, script):
    script.steps = [(403, "application/json", '{"errors":[{"message":"Authentication error: Invalid or expired"}]}')]
    logs.configure()
    assert client(script.origin).get("/api/user", headers=AUTHORIZED).status_code == 400
    assert lines(capsys) == []


def test_a_comparison_hears_of_crashes_only(capsys):
    logs.configure(logging.ERROR)
    client("http://127.0.0.1:9").get("/api/user", headers=AUTHORIZED)
    assert lines(capsys) == []


def test_a_logging_that_is_set_up_stays(broken, capsys):
    noted = []
    structlog.configure(processors=[lambda logger, name, event: noted.append(event["event"]) or ""])
    logs.configure()
    client().get("/api/user", headers=AUTHORIZED)
    assert noted == ["crash"]


@pytest.mark.parametrize(
    "holder",
    [config(), Policy(b"hunter2", network_key=NETWORK_KEY), Caller(f"Bearer {TOKEN}", "f"), Asker(f"Bearer {TOKEN}")],
    ids=lambda holder: type(holder).__name__,
)
def test_what_holds_a_credential_does_not_print_it(holder):
    assert [secret for secret in (TOKEN, NETWORK_KEY, "hunter2") if secret in repr(holder)] == []
