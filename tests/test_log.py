"""What the log shows of a fault, and what it never shows."""

import pytest
from werkzeug.test import Client

from shim.app import create_app
from shim.config import parse
from shim.crypto import BearerToken
from shim.rest.caller import Caller, Policy
from shim.services import dispatch
from shim.upstream import Asker
from tests.conftest import NETWORK_KEY, WEBHOOK_KEY

INI = f"[git.sr.ht]\norigin = http://git.example.org\n[sr.ht]\nnetwork-key = {NETWORK_KEY}\n"
TOKEN = BearerToken(4102444800, "", "", "jdoe").mint(WEBHOOK_KEY)


def test_a_fault_is_logged_with_its_traceback_and_without_credentials(monkeypatch, capsys):
    def fail(*_):
        raise RuntimeError("a fault")

    monkeypatch.setattr(dispatch, "Call", fail)
    headers = {"Authorization": f"token {TOKEN}"}
    answer = Client(create_app(parse(INI, "x"))).get("/git/api/user", headers=headers)
    assert answer.status_code == 500
    logged = capsys.readouterr()
    assert logged.out == ""
    assert "RuntimeError: a fault" in logged.err
    assert answer.headers["X-Request-Id"] in logged.err
    assert [secret for secret in (TOKEN, TOKEN[:12], NETWORK_KEY) if secret in logged.err] == []


@pytest.mark.parametrize(
    "holder",
    [
        parse(INI, "x"),
        Policy(b"hunter2", network_key=NETWORK_KEY),
        Caller(f"Bearer {TOKEN}", "f"),
        Asker(f"Bearer {TOKEN}"),
    ],
    ids=lambda holder: type(holder).__name__,
)
def test_what_holds_a_credential_does_not_print_it(holder):
    assert [secret for secret in (TOKEN, NETWORK_KEY, "hunter2") if secret in repr(holder)] == []
