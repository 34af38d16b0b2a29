"""Sends operations: one connected gql session per thread and service, a new request per call (design D3).

No call is given up while its server may still be at work (upstream-safety 2): none is begun that could not be waited
for, and one that was begun is waited for until well beyond the server's own limit.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from gql import Client, FileVar
from gql.client import SyncClientSession
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError

from shim import tracebacks
from shim.upstream import guard, shape
from shim.upstream.asker import Asker, Deadline
from shim.upstream.body import Content
from shim.upstream.errors import FieldError, UpstreamError
from shim.upstream.failures import failure, is_unsent, no_content, was_cut
from shim.upstream.gate import Bounds, Gate
from shim.upstream.operations import Operation
from shim.upstream.result import Result
from shim.upstream.suspects import Suspects, key_of
from shim.upstream.transport import HttpTransport, hardened_session

Observer = Callable[[str, float], None]
WAIT = "gate"
_KNOCKING = 1.0
_PAUSE = 0.1


@dataclass(frozen=True)
class Limits:
    """What a call may take. Seconds: to `connect`; `duration` is the API's own limit, `grace` how long beyond it a
    call is waited for; `queue` is the longest wait for a turn. `answer` is the largest answer in bytes.
    """

    connect: float = 2.0
    duration: float = 3.0
    grace: float = 10.0
    queue: float = 10.0
    answer: int = 2**25

    @property
    def read(self) -> float:
        """How long an answer is waited for."""
        return self.duration + self.grace


class Upstream:
    """The GraphQL API of one service, behind a gate that all calls to it pass."""

    def __init__(self, origin: str, limits: Limits, gate: Gate, bounds: Bounds, *, any_text: bool = False) -> None:
        self.origin, self.limits, self._any_text = origin, limits, any_text
        self._gate, self._bounds = gate, bounds
        self._suspects = Suspects()
        self._local = threading.local()

    def execute(
        self,
        operation: Operation,
        variables: Mapping[str, Any],
        asker: Asker,
        deadline: Deadline,
        observe: Observer | None = None,
        weight: int = 1,
    ) -> Result:
        """Send one operation, once; `weight` is what it costs the API (upstream-safety 3.4).

        Raises UpstreamError, and guard.Refused for variables that must not be sent (design D14).
        """
        guard.check(operation, variables, any_text=self._any_text)
        self._suspects.check(self._suspicion(operation, variables))
        try:
            with self._turn(asker, deadline, observe, weight), _observed(observe, operation.name):
                result = self._answered(operation, variables, asker, deadline)
            shape.check(operation, variables, result.data)
        except UpstreamError as error:
            raise (error.lost() if operation.is_mutation else error) from None
        self._suspects.answered(self._suspicion(operation, variables))
        return result

    def open(self, url: str, asker: Asker, deadline: Deadline, observe: Observer | None = None) -> Content:
        """GET a plain resource of this API, e.g. a blob's `content`, to be read as it comes. Raises UpstreamError.

        The credential only goes to the configured origin, whatever URL the API named (git 4.6).
        """
        path = url.partition("/query/")[2]
        with self._turn(asker, deadline, observe, 1), _observed(observe, "GET"):
            try:
                response = self._plain_session().get(
                    f"{self.origin}/query/{path}",
                    auth=asker,
                    headers={"Accept-Encoding": "identity"},
                    timeout=(self.limits.connect, self.limits.read),
                    allow_redirects=False,
                    stream=True,
                )
            except requests.RequestException as error:
                raise failure(error) from None
            if response.status_code != 200 or "Content-Encoding" in response.headers:
                raise no_content(response)
            return Content.answered(response)

    @contextmanager
    def _turn(self, asker: Asker, deadline: Deadline, observe: Observer | None, weight: int) -> Iterator[None]:
        """A turn at the gate, for as long as the API may be at work. Raises UpstreamError (busy, timeout)."""
        deadline.require(self.limits.duration)
        patience = min(self.limits.queue, deadline.remaining() - self.limits.duration)
        begin = time.perf_counter()
        with self._gate.admitted(self._bounds, asker.caller, weight, patience):
            if observe is not None:
                observe(WAIT, time.perf_counter() - begin)
            yield

    def _suspicion(self, operation: Operation, variables: Mapping[str, Any]) -> Hashable:
        """The key of a query among the suspects, while there are any."""
        return key_of(operation, variables) if self._suspects and not operation.is_mutation else None

    def _answered(self, operation: Operation, variables: Mapping[str, Any], asker: Asker, deadline: Deadline) -> Result:
        """The answer to it. Raises UpstreamError where none came."""
        try:
            return self._send(operation, variables, asker, deadline)
        except TransportConnectionFailed as failed:
            if not operation.is_mutation and was_cut(failed.__cause__):
                self._suspects.cut(key_of(operation, variables))
            raise failure(failed.__cause__) from None

    def _send(self, operation: Operation, variables: Mapping[str, Any], asker: Asker, deadline: Deadline) -> Result:
        """Send it. A query that could not even be begun, for nobody listened, is tried anew for a second."""
        end = time.monotonic() + (0 if operation.is_mutation else _KNOCKING)
        while True:
            try:
                return self._sent(operation, variables, asker, deadline)
            except TransportConnectionFailed as failed:
                if not is_unsent(failed.__cause__) or time.monotonic() > end:
                    raise
                tracebacks.drop(failed)
            time.sleep(_PAUSE)

    def _sent(self, operation: Operation, variables: Mapping[str, Any], asker: Asker, deadline: Deadline) -> Result:
        files = any(isinstance(value, FileVar) for value in guard.leaves(variables))
        # What the API makes of a file, storing it elsewhere, is not under its own limit.
        read = max(self.limits.read, deadline.left()) if files else self.limits.read
        arguments = {"auth": asker, "timeout": (self.limits.connect, read), "allow_redirects": False}
        try:
            request = operation.request(variables)
            data = self._session().execute(request, extra_args=arguments, upload_files=files)
            return Result(data or {})
        except TransportQueryError as error:
            return Result(error.data or {}, tuple(map(FieldError.read, error.errors or ())))

    def _session(self) -> SyncClientSession:
        session: SyncClientSession | None = getattr(self._local, "session", None)
        if session is None:
            transport = HttpTransport(f"{self.origin}/query", self.limits.answer)
            client = Client(transport=transport, execute_timeout=None)
            session = self._local.session = client.connect_sync()  # type: ignore[no-untyped-call]
        return session

    def _plain_session(self) -> requests.Session:
        if not hasattr(self._local, "plain"):
            self._local.plain = hardened_session(self.limits.answer)
        session: requests.Session = self._local.plain
        return session


@contextmanager
def _observed(observe: Observer | None, name: str) -> Iterator[None]:
    begin = time.perf_counter()
    try:
        yield
    finally:
        if observe is not None:
            observe(name, time.perf_counter() - begin)
