"""What others hear of calls, and what they have a say in."""

import pytest

from shim.crypto import BearerToken
from shim.rest.errors import Refusal
from shim.services.backend import Backend
from shim.services.dispatch import build
from shim.services.hooks import Hooks, Refused
from shim.upstream import Kind, Local
from tests.conftest import WEBHOOK_KEY
from tests.toy import SERVICE, config

FAR = 4102444800
OTHER_KEY = "HxIeHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgE="
TOKEN = BearerToken(FAR, "", "", "ann").mint(WEBHOOK_KEY)
AUTHORIZED = {"Authorization": f"token {TOKEN}"}


class Told:
    """Notes exchanges, and admits as told."""

    def __init__(self, script, admit=lambda endpoint, caller: False, **settings):
        self.exchanges = []
        hooks = Hooks(
            headers=lambda endpoint: [("Link", f"</{endpoint.slug}>")],
            admit=admit,
            explain=lambda call, status: {"status": status, "sent": [o.name for o, _ in call.trace.sent]},
            observers=(self.exchanges.append,),
        )
        backend = Backend.build(SERVICE, config(script.origin, **settings), Local())
        self.client = build(backend, hooks).test_client()

    def get(self, path="/api/user", **headers):
        response = self.client.get(path, headers={**AUTHORIZED, **headers})
        response.close()
        return response


def user(script):
    script.steps = [{"data": {"owner": {"name": "ann"}}}]


def test_observers_hear_of_an_answer_after_it_was_sent(script):
    user(script)
    told = Told(script)
    response = told.client.get("/api/user", headers={**AUTHORIZED, "User-Agent": "x" * 300})
    assert told.exchanges == []
    response.close()
    (exchange,) = told.exchanges
    assert (exchange.endpoint.slug, exchange.status, exchange.caller, exchange.scheme) == (
        "get-user",
        200,
        "ann",
        "token",
    )
    assert (len(exchange.agent), exchange.accepted, exchange.bytes) == (200, True, len(response.data))
    assert [name for name, _ in exchange.upstream] == ["User"]
    assert TOKEN not in repr(exchange)


def test_a_credential_that_the_api_refuses_is_not_accepted(script):
    script.steps = [(403, "application/json", '{"errors": [{"message": "Invalid bearer token"}]}')]
    told = Told(script)
    told.get()
    assert [(e.accepted, e.caller) for e in told.exchanges] == [(False, "ann")]


def test_observers_hear_what_failed_upstream_and_is_not_the_callers_doing(script):
    told = Told(script)
    for step in (
        (503, "text/html", "x"),
        (403, "application/json", '{"errors": [{"message": "Invalid bearer token"}]}'),
    ):
        script.steps = [step]
        told.get()
    assert [e.failures for e in told.exchanges] == [(Kind.UNREACHABLE,), ()]
    assert all(0 < e.waited < e.seconds for e in told.exchanges)


def test_who_did_not_say_who_he_is_has_no_name(script):
    told = Told(script)
    told.get(Authorization="")
    told.get("/nowhere")
    assert [(e.caller, e.scheme, e.status) for e in told.exchanges] == [(None, "", 401), (None, "token", 404)]
    assert [e.endpoint and e.endpoint.slug for e in told.exchanges] == ["get-user", None]


def test_refused_calls_ask_nothing_and_say_so(script):
    def admit(endpoint, caller):
        raise Refused(Refusal(410, f"gone, {caller.name}"))

    told = Told(script, admit)
    response = told.get()
    assert (response.status_code, response.json) == (410, {"errors": [{"reason": "gone, ann"}]})
    assert (script.requests, told.exchanges[0].refused) == ([], True)
    assert response.headers["Link"] == "</get-user>"


def test_rehearsals_are_told_and_harm_nobody(script):
    user(script)
    told = Told(script, lambda endpoint, caller: True)
    assert told.get().status_code == 200
    assert (told.exchanges[0].refused, told.exchanges[0].rehearsed) == (False, True)


@pytest.mark.parametrize(("asked", "explained"), [("1", True), ("0", False), ("yes", False)])
def test_an_explanation_is_given_for_the_asking(script, asked, explained):
    user(script)
    response = Told(script).get(**{"X-Shim-Explain": asked})
    assert ("sent" in response.json) is explained
    assert len(script.requests) == 1
    assert response.headers["X-Request-Id"]
    if explained:
        assert response.json == {"status": 200, "sent": ["User"]}


def test_who_is_not_let_in_is_explained_nothing(script):
    response = Told(script).get(Authorization="", **{"X-Shim-Explain": "1"})
    assert (response.status_code, list(response.json)) == (401, ["errors"])


@pytest.mark.parametrize(
    ("private_key", "token", "verified"),
    [
        (WEBHOOK_KEY, BearerToken(FAR, "", "", "ann").mint(WEBHOOK_KEY), True),
        (WEBHOOK_KEY, BearerToken(FAR, "", "", "ann").mint(OTHER_KEY), False),
        (WEBHOOK_KEY, BearerToken(1, "", "", "ann").mint(WEBHOOK_KEY), False),
        (WEBHOOK_KEY, "", False),
        (None, BearerToken(FAR, "", "", "ann").mint(WEBHOOK_KEY), False),
    ],
)
def test_a_token_that_the_api_was_not_asked_about_is_verified_by_the_instances_key(
    script, private_key, token, verified
):
    def admit(endpoint, caller):
        raise Refused(Refusal(410, "gone"))

    told = Told(script, admit, private_key=private_key)
    told.get(Authorization=f"token {token}")
    assert [(e.accepted, e.verified) for e in told.exchanges] == [(False, verified)]


def test_what_the_api_has_taken_is_not_looked_at_again(script):
    user(script)
    told = Told(script, private_key=WEBHOOK_KEY)
    told.get()
    assert [(e.accepted, e.verified) for e in told.exchanges] == [(True, False)]
