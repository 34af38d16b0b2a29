"""gql's HTTP transport, hardened: no cookies, no netrc, no proxies from the environment, no redirects (D3).

Invalid UTF-8 survives: the server prints raw bytes inside JSON strings (git 4.1), and whoever rebuilds an
object needs them, so a byte that is no UTF-8 becomes a lone surrogate (`surrogateescape`).
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from gql.transport.requests import RequestsHTTPTransport
from graphql import ExecutionResult
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse, Timeout
from urllib3.exceptions import ReadTimeoutError

from shim.upstream.errors import Kind, UpstreamError, authentication_error

_KINDS = {502: Kind.UNREACHABLE, 503: Kind.UNREACHABLE, 504: Kind.TIMEOUT}


def hardened_session() -> requests.Session:
    """A session that sends nothing it was not told to send, and never retries by itself."""
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for prefix in ("http://", "https://"):
        session.mount(prefix, _PunctualAdapter(max_retries=0))
    return session


class _PunctualAdapter(HTTPAdapter):
    """Takes the total of a time-out for the end of the whole answer, which may come bit by bit."""

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        timeout = options.get("timeout")
        total = timeout.total if isinstance(timeout, Timeout) else None
        end = time.monotonic() + total if isinstance(total, int | float) else math.inf
        response = super().send(request, *arguments, **options)
        if isinstance(response.raw, BaseHTTPResponse):  # a replayed answer is there as a whole
            response.raw = _Punctual(response.raw, end)
        return response


class _Punctual:
    """A raw answer that is read as it comes, until a point of the monotonic clock."""

    def __init__(self, raw: BaseHTTPResponse, end: float) -> None:
        self._raw, self._end = raw, end

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def stream(self, amount: int, decode_content: bool | None = None) -> Iterator[bytes]:
        while piece := self._raw.read1(amount, decode_content=decode_content):
            if time.monotonic() > self._end:
                self._raw.close()
                raise ReadTimeoutError(None, None, "the answer did not end in time")  # type: ignore[arg-type]
            yield piece


class HttpTransport(RequestsHTTPTransport):
    """One connected session to one service's `/query`."""

    def connect(self) -> None:
        """Open the session."""
        self.session = hardened_session()

    def _prepare_result(self, response: requests.Response) -> ExecutionResult:
        """The answer's data and errors; raises UpstreamError where there is nothing of the kind."""
        answer = _decode(response.content)
        if response.status_code not in (200, 422):
            raise refusal(response)
        if not _is_answer(answer):
            raise UpstreamError(Kind.FAULT, f"no GraphQL answer: {response.text[:200]!r}")
        return ExecutionResult(data=answer.get("data"), errors=answer.get("errors"))


def _decode(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        return None


def _is_answer(answer: Any) -> bool:
    """Whether it has the form of an answer: data, errors or both."""
    if not isinstance(answer, dict) or not (answer.get("data") or answer.get("errors")):
        return False
    data, errors = answer.get("data") or {}, answer.get("errors") or []
    return isinstance(data, dict) and isinstance(errors, list) and all(isinstance(error, dict) for error in errors)


def refusal(response: requests.Response) -> UpstreamError:
    """What an answer of another status than 200 means."""
    status = response.status_code
    try:
        message = str(_decode(response.content)["errors"][0]["message"])
    except (TypeError, LookupError):
        message = response.text[:200]
    if status in (400, 401, 403) or (status == 500 and message.startswith("Authentication error")):
        internal = str(response.request.headers.get("Authorization", "")).startswith("Internal ")
        return authentication_error(status, message, internal=internal)
    return UpstreamError(_KINDS.get(status, Kind.FAULT), f"HTTP {status}: {message}")
