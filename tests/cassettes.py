"""Recorded upstream exchanges: what a cassette keeps, and what a request must share with it to be answered.

A plain cassette lets any query match any answer. Here a request matches by method, path, operation, variables,
document (its SHA-256) and caller; every recorded exchange has to be asked for, and nothing else may be. To
record anew, with the sandbox as upstream: `python -m pytest tests/services --record-mode=rewrite`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from vcr import VCR
from vcr.cassette import Cassette
from vcr.request import Request

from shim import crypto
from shim.sandbox import Sandbox
from shim.sandbox.instance import Instance

FIXTURES = Path(__file__).parents[1] / "fixtures"
NETWORK_KEY = Instance().network_key
NOWHERE = "http://upstream.example.org"
CALLER = "X-Caller"
PARTS = ("operation", "variables", "document")
MATCHERS = ("method", "path", "caller", *PARTS)


def kept(request: Request) -> Request:
    """A request as it is kept and compared: without host and credential, cursors opened; twice is like once."""
    request.uri = NOWHERE + urlsplit(request.uri).path
    authorization = request.headers.get("Authorization")
    request.headers = {CALLER: _caller(authorization) if authorization else request.headers.get(CALLER, "")}
    sent = _sent(request)
    if "query" in sent:
        document = hashlib.sha256(sent["query"].encode()).hexdigest()
        asked = {"operation": sent["operationName"], "variables": _opened(sent["variables"]), "document": document}
        request.body = json.dumps(asked, ensure_ascii=False)
    return request


def answered(response: dict[str, Any]) -> dict[str, Any]:
    """An answer as it is kept: of its headers only the content type."""
    types = {name: value for name, value in response["headers"].items() if name.lower() == "content-type"}
    return {**response, "headers": types}


def unplayed(cassette: Cassette) -> list[str]:
    """The operations of recorded exchanges that nobody asked for."""
    requests = enumerate(cassette.requests)
    return [str(_sent(request).get("operation")) for index, request in requests if not cassette.play_counts[index]]


def pytest_recording_configure(config: pytest.Config, vcr: VCR) -> None:
    """pytest-recording's hook: make the matchers known."""
    register(vcr)


def register(vcr: VCR) -> None:
    """Add the matchers beside vcr's own."""
    vcr.register_matcher("caller", _same_caller)
    for part in PARTS:
        vcr.register_matcher(part, _same(part))


@pytest.fixture
def vcr_config() -> dict[str, Any]:
    """pytest-recording's configuration of every cassette."""
    return {"match_on": MATCHERS, "before_record_request": kept, "before_record_response": answered}


@pytest.fixture(autouse=True)
def everything_is_played(vcr: Cassette | None, record_mode: str) -> Iterator[None]:
    """Fails a test that left recorded exchanges over."""
    yield
    if vcr is not None and record_mode == "none":
        assert unplayed(vcr) == []


@pytest.fixture
def upstream(service: str, record_mode: str) -> Iterator[str]:
    """The API origin of `service`, a fixture of the tests that ask: nowhere, or the sandbox while recording."""
    if record_mode == "none":
        yield f"{NOWHERE}/{service}"
    else:
        with Sandbox(FIXTURES, services=[service]).running() as base:
            yield f"{base}/{service}"


def _sent(request: Request) -> dict[str, Any]:
    """The JSON object in a body; an empty one for anything else."""
    try:
        value = json.loads(request.body or b"")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _same(part: str) -> Callable[[Request, Request], None]:
    """A matcher of one part of what was asked."""

    def matcher(request: Request, recorded: Request) -> None:
        asked, expected = _sent(request).get(part), _sent(recorded).get(part)
        assert asked == expected, f"{part}: {asked!r} instead of {expected!r}"

    return matcher


def _same_caller(request: Request, recorded: Request) -> None:
    asked, expected = request.headers[CALLER], recorded.headers[CALLER]
    assert asked == expected, f"caller: {asked} instead of {expected}"


def _caller(authorization: str) -> str:
    """Stands for a credential; Internal ones are sealed anew for every call, so that what is in them counts."""
    scheme, _, value = authorization.partition(" ")
    credential = json.dumps(_opened(value))
    return f"{scheme} {crypto.fingerprint(NETWORK_KEY.encode(), credential)}"


def _opened(value: Any) -> Any:
    """A value with what is sealed in it opened: the same cursor never looks alike twice."""
    if isinstance(value, dict):
        return {key: _opened(item) for key, item in value.items()}
    if isinstance(value, str):
        try:
            return {"sealed": crypto.unseal(NETWORK_KEY, value)}
        except crypto.SealError:
            return value
    return value
