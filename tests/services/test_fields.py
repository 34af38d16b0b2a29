"""Every field of every endpoint with a body takes any JSON, or refuses it: nothing fails by accident.

The fields are those that the recordings send anywhere to an endpoint.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from werkzeug.exceptions import HTTPException

from shim.compare.cassettes.cassette import load
from shim.compare.cassettes.exchange import Request
from shim.compare.cassettes.finding import find
from shim.sandbox import Sandbox
from tests.cassettes import FIXTURES
from tests.kit import Asker

SERVICES = ("git", "todo", "builds")
HUGE = float("inf")
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 5, -1, 2**31, 2**63, 10**40, 1.5, HUGE),
    *("", "abc", "x" * 20000, "a\0b", "abc\ud800", "a:\ud800", "http://[", "http://a\0/", "\u202e\n"),
    *([], ["a"], ["a", "b", "c"], [[["a"]]], [None], ["\0"], ["\ud800"]),
    *({}, {"a": "b"}, {"a": {"b": [1]}, ":": 1, "c": 2}),
)


@pytest.fixture(scope="module", params=[(service, era) for service in SERVICES for era in ("2024", "2026")])
def served(request: pytest.FixtureRequest) -> Iterator[tuple[str, Sandbox, Asker]]:
    """A service's name, its sandbox of an era, and the shim before it."""
    service, era = request.param
    sandbox = Sandbox(FIXTURES, era=era, services=[service])
    with sandbox.running() as address:
        yield service, sandbox, Asker(service, f"{address}/{service}", {("shim", "era"): era})


def test_any_json_is_taken_or_refused(served: tuple[str, Sandbox, Asker], logged: list[Any]) -> None:
    service, sandbox, asker = served
    bodies = list(_bodies(service, asker))
    assert len(bodies) > 2
    for request, usual, fields in bodies:
        for field in fields:
            sandbox.reset()
            for value in VALUES:
                body = json.dumps({**usual, field: value})
                path = request.parts.path
                answer = asker.open(request.method, path, "jdoe", data=body, content_type="application/json")
                told = f"{request.method} {path} {body[:300]}: {answer.status} {answer.text[:300]}"
                assert [entry for entry in logged if entry["event"] == "crash"] == [], told
                assert answer.status_code in (200, 201, 204, 400, 401, 404, 500, 501), told


def _bodies(service: str, asker: Asker) -> Iterator[tuple[Request, dict[str, Any], list[str]]]:
    """One request for each endpoint that takes a body, its JSON, and every field that such a body may have."""
    urls = asker.application(service).url_map.bind("localhost")
    fields: dict[str, dict[str, None]] = {}
    usual: dict[str, tuple[Request, dict[str, Any]]] = {}
    for request, status, body in _recorded(service):
        try:
            name, _ = urls.match(request.parts.path, request.method)
        except HTTPException:
            continue
        fields.setdefault(name, {}).update(dict.fromkeys(body))
        if status < 300 and len(body) >= len(usual.get(name, (request, {}))[1]) and "~" not in request.parts.path:
            usual[name] = (request, body)
    yield from ((*usual[name], list(fields[name])) for name in usual)


@cache
def _recorded(service: str) -> list[tuple[Request, int, dict[str, Any]]]:
    """The requests with a JSON object that were recorded, and the status of their answers."""
    found = []
    for path in find(FIXTURES):
        if path.parts[-4:-1] == (service, "rest", "writes"):
            for exchange in load(path).exchanges:
                try:
                    body = json.loads(exchange.request.body or b"")
                except ValueError:
                    continue
                if isinstance(body, dict):
                    found.append((exchange.request, exchange.recorded.status, body))
    return found
