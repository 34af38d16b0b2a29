"""Sandboxes over the recorded data, and a client that asks them without a socket."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.test import TestResponse

from shim import crypto
from shim.recordings.answer import Answer
from shim.sandbox import Conditions, Sandbox, Storage
from shim.sandbox.check.symbols import Symbols

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

    def internal(self, name: str) -> dict[str, str]:
        """The header of another server's request in a user's name."""
        key = self.sandbox.instance.network_key
        return {"Authorization": f"Internal {crypto.internal_authorization(key, name)}"}

    def open(self, path: str, method: str = "GET", **request: Any) -> TestResponse:
        """A request of any form below the service's path."""
        return self._http.open(f"/{self._service}{path}", method=method, **request)

    def ask(
        self, query: str, /, *, user: str = "jdoe", token: Any = None, internal: bool = False, **variables: Any
    ) -> dict[str, Any]:
        """The JSON answer to a query."""
        body = {"query": query, "variables": variables}
        headers = self.internal(user) if internal else self.bearer(user, **(token or {}))
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

    def pages(self, query: str, name: str) -> list[dict[str, Any]]:
        """The rows on all pages of the list that a query asks for as `me { NAME(cursor: $cursor) ... }`."""
        rows, cursor = [], None
        while True:
            page = self.data(query, cursor=cursor)["me"][name]
            rows += page["results"]
            cursor = page["cursor"]
            if cursor is None:
                return rows


def open_client(root: Path, era: str, service: str = "git") -> Client:
    """A client of a service over the data sets below a root."""
    receiver = Receiver()
    sandbox = Sandbox(root, era=era, services=[service], own_origin=False, transport=receiver)
    return Client(sandbox, receiver, service)


def copied(root: Path, service: str) -> Path:
    """The folder of a copy, below `root`, of a service's recorded data set."""
    return shutil.copytree(ROOT / service / "data", root / service / "data")


def spoilt(root: Path, service: str, spoil: Callable[[dict[str, Any]], None]) -> Path:
    """`root`, with a copy of a service's recorded data set whose rows `spoil` has changed."""
    path = copied(root, service) / "dataset.json"
    rows = json.loads(path.read_text("utf-8"))
    spoil(rows)
    path.write_text(json.dumps(rows), "utf-8")
    return root


@lru_cache
def _opened(root: Path, era: str, service: str) -> Client:
    """A client that all tests of a process share."""
    return open_client(root, era, service)


def untouched(
    service: str, era: str, root: Path = ROOT, conditions: Callable[[Sandbox], Conditions] = lambda _: Conditions()
) -> Any:
    """A fixture: the client of a service of an era on its untouched data set, which lies below a root."""

    @pytest.fixture
    def client() -> Iterator[Client]:
        client = _opened(root, era, service)
        client.sandbox.reset(conditions(client.sandbox))
        client.receiver.got.clear()
        client.receiver.answers.clear()
        yield client
        client.sandbox.drain()

    return client


def _with_storage(sandbox: Sandbox) -> Conditions:
    return Conditions(storage=Storage.of(sandbox.instance))


git = untouched("git", "2024")
git2026 = untouched("git", "2026", ROOT / "era2026", _with_storage)
