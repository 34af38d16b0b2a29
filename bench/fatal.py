"""Upstream servers that die like the real ones (upstream-safety 1), and say of what.

Each service is a process of its own: what kills it cuts every call in flight there without an answer, and for
a moment its port refuses connections. Cores and PostgreSQL are common to all.
"""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from graphql import GraphQLError
from werkzeug.http import parse_options_header

from bench import deadly
from bench.answers import ROWS, Answers
from bench.asks import MIXED
from bench.machine import Job, Machine
from bench.made import Outcome
from bench.mails import ARCHIVE, mail
from bench.ports import HOST, hold
from bench.things import BLOB
from shim.sandbox.engine.errors import RequestError
from shim.sandbox.engine.hangup import gone
from shim.sandbox.engine.upload import read_form

ABANDONED, TOO_LONG, CONNECTIONS = "abandoned", "max-duration", "connections"
_LOOK = 0.02


@dataclass(frozen=True)
class Death:
    """One end of a service's process: of what, in which operation, when by the wall clock."""

    service: str
    cause: str
    operation: str
    at: float


@dataclass
class Figures:
    """What happened to the servers."""

    deaths: list[Death] = field(default_factory=list)
    answered: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)

    @property
    def by_service(self) -> Counter[tuple[str, str]]:
        """How often each died of what."""
        return Counter((death.service, death.cause) for death in self.deaths)

    @property
    def causes(self) -> Counter[str]:
        """How often they died of what."""
        return Counter(death.cause for death in self.deaths)


class Died(Exception):
    """The process that was to answer is gone."""


class Server:
    """One service's process, and the supervisor that starts it anew after `pause`: the least and most seconds."""

    def __init__(self, name: str, answers: Answers, machine: Machine, figures: Figures, **limits: Any) -> None:
        self.name = name
        self._answers, self._machine, self._figures = answers, machine, figures
        self._max_duration: float = limits.get("max_duration", 3.0)
        self._pause: tuple[float, float] = limits.get("pause", (0.1, 0.6))
        self._random = random.Random(name)  # noqa: S311 - how long a restart takes is no secret
        self._lock = threading.RLock()
        self._alive: set[socket.socket] = set()
        self._stopped = threading.Event()
        self._held = hold()
        self.port: int = self._held.getsockname()[1]
        self._listener = self._listen()
        self._thread = threading.Thread(target=self._serve, name=f"fatal-{name}", daemon=True)

    @property
    def origin(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Cut what is left, for good."""
        self._stopped.set()
        self._cut()
        self._thread.join()
        self._listener.close()
        self._held.close()

    def run(self, connection: socket.socket, operation: str, outcome: Outcome) -> None:
        """Work at a call until its answer may be given. Raises Died when the process does not live to see it."""
        job = Job.of(self.name, rows=outcome.rows, row_wise=outcome.row_wise)
        if outcome.deadly:
            self._die(connection, outcome.deadly, operation)
        if not self._machine.begin(job):
            self._die(connection, CONNECTIONS, operation)
        try:
            while left := self._machine.progress(job):
                if job.age > self._max_duration:
                    self._die(connection, TOO_LONG, operation)
                if gone(connection, min(left, _LOOK)):
                    self._die(connection, ABANDONED, operation)
        finally:
            self._machine.end(job)
        self._figures.answered[self.name] += 1

    def outcome(self, query: str, variables: Mapping[str, Any]) -> Outcome:
        """What a document comes to. Raises GraphQLError."""
        return self._answers.answer(query, variables)

    def _die(self, connection: socket.socket, cause: str, operation: str) -> None:
        """End the process, unless it has ended before and its connections with it. Raises Died."""
        with self._lock:
            if connection in self._alive:
                self._figures.deaths.append(Death(self.name, cause, operation, time.time()))
                self._cut()
        raise Died

    def _cut(self) -> None:
        """End every connection, and listening."""
        with self._lock:
            connections, self._alive = self._alive, set()
            self._figures.cut[self.name] += len(connections)
            for one in (self._listener, *connections):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def _listen(self) -> socket.socket:
        return socket.create_server((HOST, self.port), backlog=128)

    def _serve(self) -> None:
        while not self._stopped.is_set():
            with self._listener, suppress(OSError):
                while True:
                    connection, _ = self._listener.accept()
                    self._take(connection)
            if not self._stopped.wait(self._random.uniform(*self._pause)):
                self._restart()

    def _restart(self) -> None:
        with self._lock:
            if not self._stopped.is_set():
                self._listener = self._listen()

    def _take(self, connection: socket.socket) -> None:
        with self._lock:
            self._alive.add(connection)
        threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        try:
            with suppress(Died, OSError):
                _Handler(connection, (HOST, 0), self)  # type: ignore[arg-type]
        finally:
            with self._lock:
                self._alive.discard(connection)
            connection.close()


class Fatal:
    """Several services over one machine. `rows` tells how long their lists are; `max_duration`, `pause` are seconds."""

    def __init__(
        self,
        services: Iterable[str] = tuple(MIXED),
        *,
        era: str = "2024",
        network_key: str,
        machine: Machine | None = None,
        rows: Mapping[str, int] = ROWS,
        **limits: Any,
    ) -> None:
        self.figures = Figures()
        self.machine = machine or Machine()
        answers = {name: Answers(name, era, network_key, rows, threaded=True) for name in services}
        self.servers = {name: Server(name, a, self.machine, self.figures, **limits) for name, a in answers.items()}

    @contextmanager
    def running(self) -> Iterator[Mapping[str, str]]:
        """Serve in threads; gives the origin of each service."""
        for server in self.servers.values():
            server.start()
        try:
            yield {name: server.origin for name, server in self.servers.items()}
        finally:
            for server in self.servers.values():
                server.stop()


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Server  # type: ignore[assignment]

    def do_GET(self) -> None:
        """Contents by URL, or the scopes."""
        self.server.run(self.connection, "GET", Outcome(deadly=deadly.path_of(self.server.name, self.path)))
        if found := _plain(self.path):
            self._send(200, "application/octet-stream", found)
        else:
            self._send(200, "application/json", b'{"scopes": []}')

    def do_POST(self) -> None:
        """A GraphQL document."""
        try:
            asked = self._asked(self.rfile.read(int(self.headers["Content-Length"])))
            outcome = self.server.outcome(asked["query"], asked.get("variables") or {})
        except GraphQLError as error:
            self._send(422, "application/json", json.dumps({"errors": [error.formatted], "data": None}).encode())
            return
        except (RequestError, ValueError) as error:  # also a body that was not sent to its end
            self._send(400, "application/json", json.dumps({"errors": [{"message": str(error)}]}).encode())
            return
        self.server.run(self.connection, asked.get("operationName") or asked["query"][:60], outcome)
        self._send(200, "application/json", outcome.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Nothing."""

    def _asked(self, body: bytes) -> dict[str, Any]:
        kind, options = parse_options_header(self.headers["Content-Type"])
        if kind == "multipart/form-data":
            return read_form(body, options.get("boundary", ""))
        asked: dict[str, Any] = json.loads(body)
        return asked

    def _send(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def _plain(path: str) -> bytes:
    """What is downloaded from a path, nothing if it names no contents."""
    if path.startswith("/query/email/"):
        return mail(int(path.rpartition("/")[2]))
    if path.startswith("/query/blob/"):
        return BLOB
    return ARCHIVE if path.endswith(".mbox") else b""
