"""gql's HTTP transport, hardened: no cookies, no netrc, no proxies from the environment, no redirects (D3).

Invalid UTF-8 survives: the server prints raw bytes inside JSON strings (git 4.1), and whoever rebuilds an
object needs them, so a byte that is no UTF-8 becomes a lone surrogate (`surrogateescape`).
"""

from __future__ import annotations

import json
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from gql.transport.requests import RequestsHTTPTransport
from graphql import ExecutionResult
from requests.adapters import HTTPAdapter

from shim.upstream.errors import Kind, UpstreamError, authentication_error

_KINDS = {502: Kind.UNREACHABLE, 503: Kind.UNREACHABLE, 504: Kind.TIMEOUT}


def hardened_session() -> requests.Session:
    """A session that sends nothing it was not told to send, and never retries by itself."""
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for prefix in ("http://", "https://"):
        session.mount(prefix, HTTPAdapter(max_retries=0))
    return session


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
