"""What the log says: crashes and failing APIs, on standard error, and nothing that opens a door."""

from __future__ import annotations

import errno
import io
import json
import logging
import sys

import pytest
import structlog

from shim import logs
from shim.crypto import BearerToken
from shim.rest.caller import Caller, Policy
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Refusal
from shim.services import call
from shim.services.backend import Backend
from shim.services.dispatch import build
from shim.services.service import Service
from shim.upstream import Asker, Local, loads
from tests.conftest import NETWORK_KEY, WEBHOOK_KEY
from tests.toy import OPERATIONS, client, config

TOKEN = BearerToken(4102444800, "", "", "jdoe").mint(WEBHOOK_KEY)
AUTHORIZED = {"Authorization": f"token {TOKEN}"}


@pytest.fixture
def broken(monkeypatch):
    """An upstream whose client has a fault."""

    def fail(*arguments, **named):
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


def test_an_imitated_crash_is_a_line_too(capsys):
    """The page promises it."""
    logs.configure()
    answer = client().get("/api/things?start=x", headers=AUTHORIZED)
    (line,) = lines(capsys)
    assert (answer.status_code, line["request_id"]) == (500, answer.headers["X-Request-Id"])
    assert (line["event"], line["cause"]) == ("imitated crash", "start='x'")


def test_a_bare_crash_is_a_line_too(capsys):
    logs.configure()
    answer = client().post("/api/things", data=b"\xff", headers={**AUTHORIZED, "Content-Type": "application/json"})
    (line,) = lines(capsys)
    assert (answer.status_code, line["request_id"]) == (500, answer.headers["X-Request-Id"])


def failing(status):
    """A client of a service whose only endpoint refuses with a status that nobody has told the log of."""
    endpoints = Endpoints()

    @endpoints.get("/api/x")
    def x(call):
        """Refuse."""
        raise Refusal(status, "a text")

    service = Service("toy", (endpoints,), loads(OPERATIONS), {})
    return build(Backend.build(service, config(), Local())).test_client()


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failure_that_nothing_told_of_is_a_line(capsys, status):
    logs.configure()
    answer = failing(status).get("/api/x", headers=AUTHORIZED)
    (line,) = lines(capsys)
    assert (line["event"], line["status"], line["path"]) == ("failure", status, "/api/x")
    assert line["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize("status", [400, 404, 413, 501])
def test_what_is_no_failure_is_not(capsys, status):
    logs.configure()
    assert failing(status).get("/api/x", headers=AUTHORIZED).status_code == status
    assert lines(capsys) == []


class Unusable(io.StringIO):
    """A standard error that nothing can be written to."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def write(self, text):
        raise self.error


def closed():
    stream = io.StringIO()
    stream.close()
    return stream


@pytest.mark.parametrize(
    "stream",
    [
        None,
        closed(),
        Unusable(BrokenPipeError(errno.EPIPE, "")),
        Unusable(OSError(errno.ENOSPC, "")),
        Unusable(OSError(errno.EBADF, "")),
    ],
    ids=["none", "closed", "pipe", "full", "descriptor"],
)
@pytest.mark.parametrize("path", ["/api/crash", "/api/things?start=x", "/api/user"])
def test_a_log_that_cannot_be_written_changes_no_answer(monkeypatch, capsys, stream, path):
    wanted = client().get(path, headers=AUTHORIZED)
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure()
    answer = client().get(path, headers=AUTHORIZED)
    assert (answer.status_code, answer.get_data()) == (wanted.status_code, wanted.get_data())
    assert answer.status_code >= 500
    structlog.get_logger("gunicorn").log(logging.ERROR, "server", exc_info=None)


def test_a_value_that_cannot_be_shown_changes_no_answer():
    class Odd:
        def __repr__(self):
            raise RuntimeError("no")

    logs.configure()
    structlog.get_logger().error("odd", value=Odd())
