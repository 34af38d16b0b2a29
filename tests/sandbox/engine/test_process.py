"""What ends the real process ends every call in flight, without an answer."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from shim.sandbox import Sandbox
from shim.sandbox.engine.hangup import gone

from ..conftest import ROOT, Client

ME = "{ me { username } }"


class Gate:
    """Holds the answer to every query until it is opened; tells of who has come."""

    def __init__(self, service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self._opened = threading.Event()
        self._came = threading.Semaphore(0)
        answer = service.answer

        def held(*arguments: Any, **options: Any) -> Any:
            self._came.release()
            assert self._opened.wait(60)
            return answer(*arguments, **options)

        monkeypatch.setattr(service, "answer", held)

    def wait(self) -> None:
        """Until one more query has come."""
        assert self._came.acquire(timeout=60)

    def open(self) -> None:
        self._opened.set()


@contextmanager
def served(max_duration: float | None) -> Iterator[tuple[Client, tuple[str, int]]]:
    sandbox = Sandbox(ROOT, services=["git", "todo"], max_duration=max_duration)
    with sandbox.running() as base:
        yield Client(sandbox, None, "git"), ("127.0.0.1", int(base.rpartition(":")[2]))  # type: ignore[arg-type]


def sent(address: tuple[str, int], client: Client, service: str = "git", query: str = ME, **variables: Any) -> Any:
    body = json.dumps({"query": query, "variables": variables}).encode()
    lines = [f"POST /{service}/query HTTP/1.1", "Host: x", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in client.bearer("jdoe").items()]
    connection = socket.create_connection(address)
    connection.sendall("\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body)
    return connection


def test_an_abandoned_request_ends_all_calls_of_its_service(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(60) as (client, address):
        gate = Gate(client.sandbox.services["git"], monkeypatch)
        with sent(address, client) as waiting:
            gate.wait()
            leaving = sent(address, client)
            gate.wait()
            with sent(address, client, "todo") as other:
                leaving.close()
                assert waiting.recv(1) == b""
                assert client.sandbox.deaths == [("git", "abandoned")]
                assert other.recv(12) == b"HTTP/1.1 200"
        gate.open()


def test_a_request_that_takes_too_long_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(0.05) as (client, address):
        gate = Gate(client.sandbox.services["git"], monkeypatch)
        with sent(address, client) as waiting:
            assert waiting.recv(1) == b""
        assert client.sandbox.deaths == [("git", "max-duration")]
        gate.open()


def test_without_being_told_to_they_die_of_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(None) as (client, address):
        gate = Gate(client.sandbox.services["git"], monkeypatch)
        sent(address, client).close()
        gate.wait()
        with sent(address, client) as waiting:
            gate.wait()
            gate.open()
            assert waiting.recv(12) == b"HTTP/1.1 200"
        assert client.sandbox.deaths == []


def test_whoever_has_the_answer_may_leave() -> None:
    with served(60) as (client, address):
        for _ in range(20):
            with sent(address, client) as connection:
                assert connection.recv(12) == b"HTTP/1.1 200"
        assert client.sandbox.deaths == []


def test_a_deadly_request_gets_no_byte() -> None:
    with served(None) as (client, address):
        with sent(address, client, query='{ me { repository(name: "x\\u0000") { id } } }') as connection:
            answer = connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 200")
        path = f"http://{address[0]}:{address[1]}/git/query/blob/{2**31}/x"
        with pytest.raises(requests.ConnectionError, match="without response"):
            requests.get(path, headers=client.bearer("jdoe"), timeout=60)
        assert client.sandbox.deaths == [("git", f"repository {2**31}")]


def test_a_client_has_gone_when_it_closes_and_not_when_it_writes() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert not gone(ours)
        theirs.sendall(b"x")
        assert not gone(ours)
        assert ours.recv(1) == b"x"
        theirs.shutdown(socket.SHUT_WR)
        assert gone(ours)
