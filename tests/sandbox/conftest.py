"""Sandboxes over the recorded data, and a client that asks them without a socket."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.test import TestResponse

from shim.sandbox import Conditions, Sandbox, Storage
from shim.sandbox.delivery import Answer
from shim.sandbox.symbols import Symbols

ROOT = Path(__file__).parents[2] / "fixtures"


class Receiver:
    """Takes webhook deliveries; answers as told by address, otherwise not at all."""

    def __init__(self) -> None:
        self.got: list[tuple[str, Mapping[str, str], bytes]] = []
        self.answers: dict[str, Answer] = {}

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.got.append((url, headers, body))
        if url not in self.answers:
            raise requests.ConnectionError("refused")
        return self.answers[url]


class Client:
    """Asks one service of a sandbox."""

    def __init__(self, sandbox: Sandbox, receiver: Receiver, service: str = "git") -> None:
        self.sandbox = sandbox
        self.receiver = receiver
        self.symbols = Symbols(sandbox.instance)
        self._http = sandbox.app.test_client(use_cookies=False)
        self._service = service

    @property
    def store(self) -> Any:
        """The rows of the service."""
        return self.sandbox.services[self._service].store

    def bearer(self, name: str, **token: Any) -> dict[str, str]:
        """The header of a bearer token."""
        return {"Authorization": f"Bearer {self.symbols.bearer(name, **token)}"}

    def open(self, path: str, method: str = "GET", **request: Any) -> TestResponse:
        """A request of any form below the service's path."""
        return self._http.open(f"/{self._service}{path}", method=method, **request)

    def ask(self, query: str, /, *, user: str = "jdoe", token: Any = None, **variables: Any) -> dict[str, Any]:
        """The JSON answer to a query."""
        body = {"query": query, "variables": variables}
        headers = self.bearer(user, **(token or {}))
        answer = self.open("/query", "POST", json=body, headers=headers).get_data()
        return json.loads(answer.decode("utf-8", "replace"))  # type: ignore[no-any-return]

    def data(self, query: str, /, **asked: Any) -> Any:
        """The data of an answer without errors."""
        answer = self.ask(query, **asked)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def errors(self, query: str, /, **asked: Any) -> list[str]:
        """The messages of an answer's errors."""
        return [error["message"] for error in self.ask(query, **asked)["errors"]]


def _client(root: Path, era: str) -> Client:
    receiver = Receiver()
    sandbox = Sandbox(root, era=era, services=["git"], own_origin=False, transport=receiver)
    return Client(sandbox, receiver)


@pytest.fixture(scope="session")
def _git_2024() -> Client:
    return _client(ROOT, "2024")


@pytest.fixture(scope="session")
def _git_2026() -> Client:
    return _client(ROOT / "era2026", "2026")


def _fresh(client: Client, conditions: Conditions) -> Iterator[Client]:
    client.sandbox.reset(conditions)
    client.receiver.got.clear()
    client.receiver.answers.clear()
    yield client
    client.sandbox.drain()


@pytest.fixture
def git(_git_2024: Client) -> Iterator[Client]:
    """git.sr.ht of 2024 on its untouched data set."""
    yield from _fresh(_git_2024, Conditions())


@pytest.fixture
def git2026(_git_2026: Client) -> Iterator[Client]:
    """git.sr.ht of 2026 on its own small data set, with object storage."""
    yield from _fresh(_git_2026, Conditions(storage=Storage.of(_git_2026.sandbox.instance)))
