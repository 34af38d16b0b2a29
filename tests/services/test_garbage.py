"""A finished call is garbage at once: no cycle keeps it, whatever became of it (hundreds of megabytes once were)."""

from __future__ import annotations

import gc
import json
import weakref

import pytest
from flask import Request
from werkzeug.test import run_wsgi_app

from shim import logs
from shim.compare.cassettes.exchange import Request as Sent
from shim.compare.stand.target import environ
from shim.front import Front
from shim.rest.body import Body, Form, Valid
from shim.rest.intake import Intake
from shim.services.answers import Answers
from shim.services.backend import Backend
from shim.services.call import Call
from shim.services.dispatch import build
from shim.upstream import Local
from tests.rest.test_body import AUTHORIZED, JSON
from tests.toy import SERVICE, config

KINDS = (Request, Intake, Body, Form, Valid, Call, Answers)
ORIGIN = "http://toy.example.org"
MADE = {"data": {"make": {"id": 1}}}
THING = {"data": {"owner": {"thing": {"id": 1, "name": "x"}}}}
MISSING = {"data": {"owner": None}}
FAILED = {"errors": [{"message": "internal system error", "path": ["make"]}], "data": {"make": None}}
BODY = json.dumps({"name": "n", "title": "t", "note": "x" * 50_000}).encode()
FORM = {**AUTHORIZED, "Content-Type": "application/x-www-form-urlencoded"}
PARTS = {**AUTHORIZED, "Content-Type": "multipart/form-data; boundary=b"}
UPLOAD = b'--b\r\nContent-Disposition: form-data; name="name"; filename="f"\r\n\r\nxx\r\n--b--\r\n'


def _hang_up(handler):
    handler.close_connection = True


@pytest.fixture
def born(monkeypatch):
    """Weak references to all that is made for calls, which nothing but counting references frees."""
    made = []

    def noting(kind):
        original = kind.__init__

        def init(self, *arguments, **named):
            made.append(weakref.ref(self))
            original(self, *arguments, **named)

        monkeypatch.setattr(kind, "__init__", init)

    for kind in KINDS:
        noting(kind)
    gc.disable()
    yield made
    gc.enable()


CASES = {
    "made": ("POST", "/api/things", JSON, BODY, MADE, 201),
    "made by form": ("POST", "/api/things", FORM, b"name=n&title=t", MADE, 201),
    "made by parts": ("POST", "/api/things", PARTS, UPLOAD, MADE, 400),
    "found": ("GET", "/api/things/x", AUTHORIZED, None, THING, 200),
    "not found": ("GET", "/api/things/x", AUTHORIZED, None, MISSING, 404),
    "anonymous": ("POST", "/api/things", {}, BODY, MADE, 401),
    "invalid JSON": ("POST", "/api/things", {**AUTHORIZED, "Content-Type": "application/json"}, b"{", MADE, 400),
    "invalid JSON, anonymous": ("POST", "/api/things", {"Content-Type": "application/json"}, b"{", MADE, 401),
    "too deep": ("POST", "/api/things", JSON, b"[" * 1000, MADE, 413),
    "too large": ("POST", "/api/things", JSON, bytes(2**20 + 1), MADE, 413),
    "no UTF-8": ("POST", "/api/things", JSON, b"\xff", MADE, 500),
    "old crash": ("GET", "/api/things?start=x", AUTHORIZED, None, MADE, 500),
    "fault": ("GET", "/api/crash", AUTHORIZED, None, MADE, 500),
    "refused mutation": ("POST", "/api/things", JSON, BODY, FAILED, 502),
    "upstream garbage": ("POST", "/api/things", JSON, BODY, (200, "text/html", "<p>"), 502),
    "upstream refuses": ("POST", "/api/things", JSON, BODY, (403, "text/html", "<p>"), 400),
    "upstream fails": ("POST", "/api/things", JSON, BODY, (504, "text/html", "<p>"), 502),
    "a query's upstream fails": ("GET", "/api/things/x", AUTHORIZED, None, (504, "text/html", "<p>"), 504),
    "upstream hangs up": ("POST", "/api/things", JSON, BODY, _hang_up, 502),
    "a query's upstream hangs up": ("GET", "/api/things/x", AUTHORIZED, None, _hang_up, 502),
    "what must not be sent": ("GET", "/api/things/x%00", AUTHORIZED, None, THING, 404),
}


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_left_of_a_call(born, script, case):
    method, path, headers, body, step, status = CASES[case]
    script.steps = [step]
    logs.configure()
    app = Front({"toy": build(Backend.build(SERVICE, config(script.origin), Local()))}, {"toy": ORIGIN})
    answered, known = [], set()
    for _ in range(2):
        answer = run_wsgi_app(app, environ(Sent(method, ORIGIN + path, tuple(headers.items()), body)), buffered=True)
        answered.append(int(answer[1].partition(" ")[0]))
        del answer
        known |= {type(made()).__name__ for made in born if made() is not None}
    assert answered == [status, status]
    assert len(born) > 1
    assert known == set()


def test_nothing_is_left_of_a_call_whose_upstream_is_gone(born):
    app = Front({"toy": build(Backend.build(SERVICE, config(), Local()))}, {"toy": ORIGIN})
    sent = Sent("POST", f"{ORIGIN}/api/things", tuple(JSON.items()), BODY)
    assert run_wsgi_app(app, environ(sent), buffered=True)[1].startswith("502")
    assert [type(made()).__name__ for made in born if made() is not None] == []
