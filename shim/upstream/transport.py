"""gql's HTTP transport, hardened: no cookies, no netrc, no proxies from the environment, no redirects (D3).

Invalid UTF-8 survives: the server prints raw bytes inside JSON strings (git 4.1), and whoever rebuilds an
object needs them, so a byte that is no UTF-8 becomes a lone surrogate (`surrogateescape`).
"""

from __future__ import annotations

import json
import re
import time
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from gql import GraphQLRequest
from gql.transport.file_upload import extract_files
from gql.transport.requests import RequestsHTTPTransport
from graphql import ExecutionResult
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse

from shim.upstream.body import Bounded
from shim.upstream.connection import PUNCTUAL
from shim.upstream.errors import Kind, UpstreamError, authentication_error
from shim.upstream.form import Form

_HALF = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
"""Half of a surrogate pair, escaped, which stands for no character; where escaped backslashes are out of the way."""
_PIECE = 2**16
_KINDS = {502: Kind.UNREACHABLE, 503: Kind.UNREACHABLE, 504: Kind.TIMEOUT}


def hardened_session(most: int) -> requests.Session:
    """A session that sends nothing it was not told to, never retries by itself, and takes answers of so many bytes."""
    session = _Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["Accept-Encoding"] = "gzip"
    for prefix in ("http://", "https://"):
        session.mount(prefix, _BoundedAdapter(most))
    return session


class _Session(requests.Session):
    """Finds out once what is alike in all requests to a URL: there are no cookies, no proxies and no parameters."""

    _alike: requests.PreparedRequest | None = None

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """The request as it is sent."""
        if request.method != "POST" or request.headers:
            return super().prepare_request(request)
        if self._alike is None or self._alike.url != request.url:
            self._alike = super().prepare_request(requests.Request("POST", request.url))
        prepared = self._alike.copy()
        prepared.prepare_body(request.data, request.files, request.json)
        prepared.prepare_auth(request.auth, request.url or "")
        return prepared


class _BoundedAdapter(HTTPAdapter):
    """Takes the read time-out for that of the whole answer, or of its head alone where the body is to be streamed."""

    def __init__(self, most: int) -> None:
        self._most = most
        super().__init__(max_retries=0)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the pools, whose connections send an upload in pieces of some size."""
        super().init_poolmanager(*arguments, blocksize=_PIECE, **options)

    def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> Any:
        """The pool to a host, of punctual connections (or of those that replay recorded answers)."""
        pool: Any = super().get_connection_with_tls_context(*arguments, **options)
        pool.ConnectionCls = PUNCTUAL.get(pool.ConnectionCls, pool.ConnectionCls)
        return pool

    def send(
        self, request: requests.PreparedRequest, stream: bool = False, *arguments: Any, **options: Any
    ) -> requests.Response:
        """Send a request; `timeout` is a pair of seconds: to connect and to read."""
        begun = time.monotonic()
        response = super().send(request, stream, *arguments, **options)
        if not stream and isinstance(response.raw, BaseHTTPResponse):  # a replayed answer is there as a whole
            sent_at_once = isinstance(request.body, bytes | str | None)
            end = (begun if sent_at_once else time.monotonic()) + options["timeout"][1]
            response.raw = Bounded(response.raw, end, self._most)
        return response


class HttpTransport(RequestsHTTPTransport):
    """One connected session to one service's `/query`."""

    def __init__(self, url: str, most: int) -> None:
        super().__init__(url)
        self._most = most

    def connect(self) -> None:
        """Open the session."""
        self.session = hardened_session(self._most)

    def _prepare_file_uploads(
        self, request: GraphQLRequest, *, payload: dict[str, Any], post_args: dict[str, Any]
    ) -> dict[str, Any]:
        """The arguments of a request with files."""
        payload["variables"], self.files = extract_files(request.variable_values or {}, ())
        places = {str(i): [place] for i, place in enumerate(self.files)}
        files = dict(zip(places, self.files.values(), strict=True))
        form = Form(json.dumps(payload), json.dumps(places), files)
        headers = {**(post_args["headers"] or {}), "Content-Type": form.content_type}
        return {**post_args, "data": form, "headers": headers}

    def _prepare_result(self, response: requests.Response) -> ExecutionResult:
        """The answer's data and errors; raises UpstreamError where there is nothing of the kind."""
        answer = decode(response.content)
        if response.status_code not in (200, 422):
            raise refusal(response)
        if not _is_answer(answer):
            raise UpstreamError(Kind.FAULT, f"no GraphQL answer: {response.text[:200]!r}")
        return ExecutionResult(data=answer.get("data"), errors=answer.get("errors"))


def decode(content: bytes) -> Any:
    """The value of a JSON text; None for what is none, NaN and halves of surrogate pairs included."""
    text = content.decode("utf-8", "surrogateescape")
    if ("\\ud" in text or "\\uD" in text) and _HALF.search(text.replace("\\\\", "  ")):
        return None
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


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
        message = str(decode(response.content)["errors"][0]["message"])
    except (TypeError, LookupError):
        message = response.text[:200]
    if status in (400, 401, 403) or (status == 500 and message.startswith("Authentication error")):
        internal = str(response.request.headers.get("Authorization", "")).startswith("Internal ")
        return authentication_error(status, message, internal=internal)
    return UpstreamError(_KINDS.get(status, Kind.FAULT), f"HTTP {status}: {message}", undone=300 <= status < 500)
