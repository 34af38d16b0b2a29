"""What old clients are told where upstream fails, and what the log is (conventions 12)."""

import json

import pytest

from shim.crypto import BearerToken
from tests.conftest import WEBHOOK_KEY
from tests.toy import client
from tests.upstream.test_session import drop, hang

AUTHORIZED = {"Authorization": f"token {BearerToken(4102444800, '', '', 'jdoe').mint(WEBHOOK_KEY)}"}
SUSPENDED = "Authentication error: Account suspended with the following notice: spam\nContact support"

ANSWERS = [
    (
        (
            403,
            "application/json",
            '{"errors": [{"message": "Authentication error: Invalid or expired OAuth 2.0 bearer token"}]}',
        ),
        400,
        "Invalid or expired OAuth token",
    ),
    (
        (
            500,
            "application/json",
            '{"errors": [{"message": "Authentication error: Temporary error; try again later"}]}',
        ),
        500,
        "Temporary authentication failure",
    ),
    (
        (403, "application/json", json.dumps({"errors": [{"message": SUSPENDED}]})),
        403,
        "The authorized user's account has been suspended with the following notice: \nspam\n"
        "Contact support: root@example.org",
    ),
    (
        {"errors": [{"message": "Access denied, missing PROFILE:RO grant", "path": ["owner"]}], "data": None},
        403,
        "Your OAuth token is not permitted to use this endpoint (needs 0123456789abcdef/things:read)",
    ),
    ({"data": {"owner": None}}, 404, "404 not found"),
    ({"data": {"owner": {"thing": None}}}, 404, "404 not found"),
    (
        {
            "errors": [{"message": "Redirect", "path": ["owner", "thing"], "extensions": {"code": "ERR_REDIRECT"}}],
            "data": {"owner": {"thing": None}},
        },
        404,
        "404 not found",
    ),
    (
        {
            "errors": [{"message": "internal system error", "path": ["owner", "thing"]}],
            "data": {"owner": {"thing": None}},
        },
        502,
        "The GraphQL API could not answer this request",
    ),
    (
        {"errors": [{"message": "context deadline exceeded", "path": ["owner"]}], "data": None},
        504,
        "The GraphQL API did not answer in time",
    ),
    (
        (
            422,
            "application/json",
            '{"errors": [{"message": "x", "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}], "data": null}',
        ),
        500,
        "The GraphQL API did not understand this request",
    ),
    (
        {
            "errors": [
                {
                    "message": "operation has complexity 300, which exceeds the limit of 200",
                    "extensions": {"code": "COMPLEXITY_LIMIT_EXCEEDED"},
                }
            ],
            "data": None,
        },
        500,
        "The GraphQL API did not understand this request",
    ),
    ((502, "text/html", "<h1>x</h1>"), 502, "toy.sr.ht is not reachable"),
    (drop, 502, "toy.sr.ht is not reachable"),
    ((500, "text/html", "<h1>x</h1>"), 502, "The GraphQL API could not answer this request"),
    (
        {"errors": [{"message": "x", "extensions": {"code": "ERR_UNAUTHORIZED"}}], "data": None},
        400,
        "Invalid or expired OAuth token",
    ),
    (
        {"errors": [{"message": "x", "path": ["owner"], "extensions": {"code": "ERR_ACCESS_DENIED"}}], "data": None},
        403,
        "Your OAuth token is not permitted to use this endpoint (needs 0123456789abcdef/things:read)",
    ),
    (
        {
            "errors": [{"message": "x", "path": ["owner", "thing"], "extensions": {"code": "ERR_ACCESS_DENIED"}}],
            "data": {"owner": {"thing": None}},
        },
        404,
        "404 not found",
    ),
    (
        {"errors": [{"message": "pq: out of memory", "path": ["owner"]}], "data": {"owner": None}},
        502,
        "pq: out of memory",
    ),
]


@pytest.mark.parametrize(("step", "status", "reason"), ANSWERS)
def test_what_old_clients_are_told(script, step, status, reason):
    script.steps = [step]
    answer = client(script.origin).get("/api/~jdoe/things/x", headers=AUTHORIZED)
    assert (answer.status_code, answer.json) == (status, {"errors": [{"reason": reason}]})


MISSING = {
    "errors": [{"message": "Access denied, missing PROFILE:RO grant", "path": ["owner"]}],
    "data": {"owner": None},
}


@pytest.mark.parametrize(
    ("path", "grants"),
    [
        ("/api/~jdoe/things/x", "toy.sr.ht/PROFILE:RO toy.sr.ht/THINGS:RO"),
        ("/api/user/~jdoe", "toy.sr.ht/PROFILE:RO"),
    ],
)
def test_a_missing_grant_is_told_by_the_names_that_tokens_have(script, path, grants):
    script.steps = [MISSING]
    answer = client(script.origin).get(path, headers=AUTHORIZED)
    assert answer.status_code == 403
    assert answer.headers["WWW-Authenticate"] == f'Bearer error="insufficient_scope", scope="{grants}"'


def test_a_failed_call_leaves_the_server_serving(script):
    script.steps = [hang, {"data": {"owner": {"thing": {"id": 1, "name": "x"}}}}]
    shim = client(script.origin, max_duration=0.1)
    assert shim.get("/api/~jdoe/things/x", headers=AUTHORIZED).status_code == 504
    assert shim.get("/api/~jdoe/things/x", headers=AUTHORIZED).json == {"id": 1, "name": "x"}


def test_a_number_beyond_32_bits_is_not_found_without_asking(script):
    answer = client(script.origin).get(f"/api/numbers/{2**31}", headers=AUTHORIZED)
    assert (answer.status_code, script.requests) == (404, [])


def test_a_mutations_errors_become_reasons_with_their_fields(script):
    errors = [{"message": "taken", "extensions": {"field": "name"}}, {"message": "validation failed"}]
    script.steps = [{"errors": errors, "data": {"make": None}}]
    body = {"name": "n", "title": "t"}
    answer = client(script.origin).post("/api/things", json=body, headers=AUTHORIZED)
    assert answer.status_code == 400
    assert answer.json == {"errors": [{"field": "name", "reason": "taken"}, {"reason": "validation failed"}]}


NOTED = [
    ({"data": {"owner": None}, "errors": [{"message": "internal system error"}]}, "fault", "internal system error"),
    ({"data": {"owner": None}, "errors": [{"message": "x", "extensions": {"code": "ERR_TIMEOUT"}}]}, "timeout", "x"),
    (
        (422, "application/json", '{"errors": [{"message": "y", "extensions": {"code": "GRAPHQL_PARSE_FAILED"}}]}'),
        "unsuitable",
        "y",
    ),
    ((502, "text/html", "<h1>Bad gateway</h1>"), "unreachable", "HTTP 502: <h1>Bad gateway</h1>"),
    (drop, "unreachable", "unreachable: ConnectionError"),
    (
        (500, "application/json", '{"errors": [{"message": "Authentication error: Temporary error; try again"}]}'),
        "temporary",
        "Authentication error: Temporary error; try again",
    ),
]


@pytest.mark.parametrize(("step", "kind", "message"), NOTED)
def test_the_log_tells_what_clients_are_not_told(script, logged, step, kind, message):
    script.steps = [step]
    client(script.origin).get("/api/~jdoe/things/x", headers=AUTHORIZED)
    told = {"service": "toy", "operation": "Thing", "kind": kind, "message": message}
    assert logged == [{"event": "upstream", "log_level": "warning", **told}]


def test_the_log_says_nothing_of_missing_things_and_bad_tokens(script, logged):
    script.steps = [{"data": {"owner": None}}, (403, "text/plain", "no")]
    for _ in script.steps:
        client(script.origin).get("/api/~jdoe/things/x", headers=AUTHORIZED)
    assert logged == []


def refused(message, code=None):
    return {"errors": [{"message": message, "path": ["make"], "extensions": {"code": code}}], "data": {"make": None}}


LOST = (
    "toy.sr.ht took this request, or may have, and its answer was lost:"
    " look whether it was done before you send it again"
)
UNKNOWN = [
    refused("internal system error"),
    refused("x", "ERR_INTERNAL"),
    refused("pq: canceling statement due to user request"),
    refused("context deadline exceeded"),
    refused("x", "ERR_TIMEOUT"),
    drop,
    *((status, "text/html", "<h1>x</h1>") for status in (500, 502, 503, 504)),
    (200, "application/json", "[]"),
]
MUTATIONS = [
    *((step, 502, LOST) for step in UNKNOWN),
    ((413, "text/html", "x"), 502, "The GraphQL API could not answer this request"),
    (refused("x", "GRAPHQL_VALIDATION_FAILED"), 500, "The GraphQL API did not understand this request"),
    (refused("x", "ERR_UNAUTHORIZED"), 400, "Invalid or expired OAuth token"),
    (refused("x", "ERR_NOT_FOUND"), 404, "404 not found"),
    (refused("No thing by ID 7 found for this user"), 404, "404 not found"),
    ({"data": {"make": None}}, 404, "404 not found"),
    (
        refused("Access denied, missing THINGS:RW grant", "ERR_ACCESS_DENIED"),
        403,
        "Your OAuth token is not permitted to use this endpoint (needs 0123456789abcdef/things:write)",
    ),
]


@pytest.mark.parametrize(("step", "status", "reason"), MUTATIONS)
def test_what_is_no_refusal_of_a_mutations_input(script, step, status, reason):
    script.steps = [step]
    answer = client(script.origin).post("/api/things", json={"name": "n", "title": "t"}, headers=AUTHORIZED)
    assert (answer.status_code, answer.json) == (status, {"errors": [{"reason": reason}]})
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "quoted",
    ["Access denied for invalid auth method", "internal system error", "a not found b", "context deadline exceeded"],
)
@pytest.mark.parametrize("told", [{"extensions": {"field": "name"}}, {"path": ["variable", "name"]}])
def test_a_validation_that_quotes_its_input_is_a_validation(script, quoted, told):
    message = f"{quoted} is no name"
    script.steps = [{"errors": [{"message": message, **told}], "data": {"make": None}}]
    answer = client(script.origin).post("/api/things", json={"name": quoted, "title": "t"}, headers=AUTHORIZED)
    assert (answer.status_code, answer.json["errors"][0]["reason"]) == (400, message)


@pytest.mark.parametrize("quoted", ["was not found here", "no such", "no x by ID 3", "internal system error"])
def test_a_refusal_without_a_field_may_quote_too(script, quoted):
    script.steps = [refused(f"Invalid name '{quoted}' (must match ^x$)")]
    answer = client(script.origin).post("/api/things", json={"name": quoted, "title": "t"}, headers=AUTHORIZED)
    assert answer.status_code == 400
