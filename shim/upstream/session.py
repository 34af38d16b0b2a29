"""Sends operations: one connected gql session per thread and service, a new request per call (design D3)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests
from gql import Client, FileVar
from gql.client import SyncClientSession
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError
from requests.auth import AuthBase
from urllib3 import Timeout
from urllib3.exceptions import ReadTimeoutError

from shim import tracebacks
from shim.upstream import guard
from shim.upstream.errors import FieldError, FieldFailure, Kind, UpstreamError
from shim.upstream.operations import Operation
from shim.upstream.transport import HttpTransport, hardened_session, refusal

Observer = Callable[[str, float], None]
_MISSING = (400, 404)


class Deadline:
    """The end of a legacy call's patience, in seconds from now; upstream calls get what is left of it."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left. Raises UpstreamError (timeout) when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise UpstreamError(Kind.TIMEOUT, "the call's deadline has passed")
        return left


@dataclass(frozen=True)
class Asker(AuthBase):
    """On whose behalf a call goes upstream: the whole Authorization header, and headers that pass through.

    It is given to each request as its `auth`, so that a session never holds a credential.
    """

    authorization: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the headers on a request."""
        request.headers.update({**self.headers, "Authorization": self.authorization})
        return request


@dataclass(frozen=True)
class Result:
    """An answer: `data` (maybe partial) and the errors that explain its holes."""

    data: Mapping[str, Any]
    errors: tuple[FieldError, ...] = ()

    def get(self, *path: str) -> Any:
        """The value at a path, or None as soon as something on the way is null."""
        value: Any = self.data
        for step in path:
            if value is None:
                return None
            value = value.get(step)
        return value

    def require(self, *path: str) -> Any:
        """The value at a path. Raises FieldFailure with the errors that touch it when it is null."""
        value = self.get(*path)
        if value is None:
            raise FieldFailure(self.touching(*path))
        return value

    def intact(self, *path: str) -> Any:
        """The value at a path of which everything is needed. Raises FieldFailure for any error that touches it."""
        if errors := self.touching(*path):
            raise FieldFailure(errors)
        return self.require(*path)

    def touching(self, *path: str) -> tuple[FieldError, ...]:
        """The errors at, above or below a path; errors without a path touch everything."""
        return tuple(e for e in self.errors if all(a == b for a, b in zip(e.path, path, strict=False)))


class Upstream:
    """The GraphQL API of one service. Time-outs are in seconds; the API's own limit is `max-duration`."""

    def __init__(self, origin: str, *, connect_timeout: float, read_timeout: float) -> None:
        self.origin = origin
        self._timeouts = connect_timeout, read_timeout
        self._local = threading.local()

    def execute(
        self,
        operation: Operation,
        variables: Mapping[str, Any],
        asker: Asker,
        deadline: Deadline,
        observe: Observer | None = None,
    ) -> Result:
        """Send one operation. A query is tried twice when the connection fails, a mutation never.

        Raises UpstreamError, and guard.Refused for variables that must not be sent (design D14).
        """
        guard.check(operation, variables)
        for last in (True,) if operation.is_mutation else (False, True):
            begin = time.perf_counter()
            try:
                return self._send(operation, variables, asker, deadline)
            except TransportConnectionFailed as failure:
                if last or _timed_out(failure.__cause__) or not isinstance(failure.__cause__, requests.ConnectionError):
                    raise _unreachable(failure.__cause__) from None
                tracebacks.drop(failure)
            finally:
                if observe is not None:
                    observe(operation.name, time.perf_counter() - begin)
        raise AssertionError("not reached")

    def fetch(self, url: str, asker: Asker, deadline: Deadline, observe: Observer | None = None) -> bytes:
        """GET a plain resource of this API, e.g. a blob's `content`. Raises UpstreamError.

        The credential only goes to the configured origin, whatever URL the API named (git 4.6).
        """
        path = url.partition("/query/")[2]
        begin = time.perf_counter()
        try:
            response = self._plain_session().get(
                f"{self.origin}/query/{path}",
                auth=asker,
                timeout=self._within(deadline),  # type: ignore[arg-type]
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise _unreachable(error) from None
        finally:
            if observe is not None:
                observe("GET", time.perf_counter() - begin)
        if response.status_code != 200:
            refused = refusal(response)
            missing = refused.kind is Kind.FAULT and response.status_code in _MISSING
            raise UpstreamError(Kind.NOT_FOUND, str(refused)) if missing else refused
        return response.content

    def _send(self, operation: Operation, variables: Mapping[str, Any], asker: Asker, deadline: Deadline) -> Result:
        files = any(isinstance(value, FileVar) for value in variables.values())
        # Time-outs with a total count how long an upload takes, which is up to the client's file.
        timeout = (self._timeouts[0], deadline.remaining()) if files else self._within(deadline)
        arguments = {"auth": asker, "timeout": timeout, "allow_redirects": False}
        try:
            request = operation.request(variables)
            data = self._session().execute(request, extra_args=arguments, upload_files=files)
            return Result(data or {})
        except TransportQueryError as error:
            return Result(error.data or {}, _errors(error.errors or ()))

    def _within(self, deadline: Deadline) -> Timeout:
        connect, read = self._timeouts
        return Timeout(total=deadline.remaining(), connect=connect, read=read)

    def _session(self) -> SyncClientSession:
        session: SyncClientSession | None = getattr(self._local, "session", None)
        if session is None:
            client = Client(transport=HttpTransport(f"{self.origin}/query"), execute_timeout=None)
            session = self._local.session = client.connect_sync()  # type: ignore[no-untyped-call]
        return session

    def _plain_session(self) -> requests.Session:
        if not hasattr(self._local, "plain"):
            self._local.plain = hardened_session()
        session: requests.Session = self._local.plain
        return session


def _errors(raw: Sequence[Any]) -> tuple[FieldError, ...]:
    return tuple(FieldError.read(error) for error in raw)


def _unreachable(cause: BaseException | None) -> UpstreamError:
    kind = Kind.TIMEOUT if _timed_out(cause) else Kind.UNREACHABLE
    return UpstreamError(kind, f"unreachable: {type(cause).__name__}")


def _timed_out(cause: BaseException | None) -> bool:
    """Whether an answer did not come in time: not at all, or not to its end."""
    if isinstance(cause, requests.ConnectionError):
        return bool(cause.args) and isinstance(cause.args[0], ReadTimeoutError)
    return isinstance(cause, requests.Timeout)
