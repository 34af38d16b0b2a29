"""Where requests are sent: a WSGI application in this process, or an address."""

from __future__ import annotations

import io
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import create_connection
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote_to_bytes, urlsplit

from werkzeug.test import run_wsgi_app

from shim.compare.cassettes.exchange import Request
from shim.parsers import origin
from shim.recordings.answer import Answer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

TIMEOUT = 60.0
SERVED = "http://127.0.0.1:8080"


class NoAnswer(Exception):
    """The request got no answer; the text says why."""


class Unreachable(Exception):
    """Nobody listens at the address of a running shim, or it is none; the text is for the operator."""


class Target(Protocol):
    """What answers requests."""

    def send(self, request: Request) -> Answer:
        """The answer to a request with real credentials. Raises NoAnswer."""

    def addressed(self, request: Request) -> tuple[Request, str]:
        """The request with the Host it is sent to, and the URL for somebody who sends it again."""


class WsgiTarget:
    """A WSGI application, asked without a network; paths and headers reach it as they were recorded."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def send(self, request: Request) -> Answer:
        """Call the application. Raises NoAnswer for whatever it lets escape."""
        try:
            body, status, headers = run_wsgi_app(self._app, environ(request), buffered=True)
            content = b"".join(body)
        except Exception as error:
            raise NoAnswer(f"the application raised {error!r}") from error
        return Answer(int(status.split()[0]), _lower(headers), content)

    def addressed(self, request: Request) -> tuple[Request, str]:
        """For a shim that serves the same configuration where it does by default."""
        return request.with_header("Host", request.parts.netloc), SERVED + request.target


class HttpTarget:
    """A running shim.

    `{service}` in its address becomes the service's name and the Host is the address's own; without it, requests go
    to the address with the recorded Host.
    """

    def __init__(self, address: str, service: str) -> None:
        """Raises Unreachable for an address that is no http or https URL."""
        self._by_host = "{service}" not in address
        url = address.replace("{service}", service).rstrip("/")
        try:
            self._address = urlsplit(origin(url))
        except ValueError as error:
            raise Unreachable(f"{url}: {error}") from None

    def reach(self) -> None:
        """Connect once. Raises Unreachable."""
        port = self._address.port or (443 if self._address.scheme == "https" else 80)
        try:
            create_connection((str(self._address.hostname), port), TIMEOUT).close()
        except OSError as error:
            raise Unreachable(f"{self._address.geturl()}: {error.strerror or error}") from None

    def send(self, request: Request) -> Answer:
        """Send the request over a connection of its own. Raises NoAnswer."""
        kind = HTTPSConnection if self._address.scheme == "https" else HTTPConnection
        connection = kind(self._address.netloc, timeout=TIMEOUT)
        try:
            connection.putrequest(
                request.method,
                self._address.path + request.target,
                skip_host=True,
                skip_accept_encoding=True,
            )
            for name, value in self.addressed(request)[0].headers:
                connection.putheader(name, value.encode())
            if request.body is not None:
                connection.putheader("Content-Length", str(len(request.body)))
            connection.endheaders(request.body)
            response = connection.getresponse()
            return Answer(response.status, _lower(response.getheaders()), response.read())
        except (OSError, HTTPException, ValueError) as error:
            raise NoAnswer(f"{self._address.geturl()} gave no answer: {error}") from error
        finally:
            connection.close()

    def addressed(self, request: Request) -> tuple[Request, str]:
        """The request as it is sent, and its URL."""
        host = request.parts.netloc if self._by_host else self._address.netloc
        return request.with_header("Host", host), self._address.geturl() + request.target


def environ(request: Request) -> dict[str, Any]:
    """The WSGI environment of a request from loopback, as an HTTP server makes it (PEP 3333)."""
    parts = request.parts
    body = request.body or b""
    values = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path or "/").decode("latin-1"),
        "QUERY_STRING": parts.query,
        "RAW_URI": request.target,
        "REQUEST_URI": request.target,
        "SERVER_NAME": parts.hostname or "localhost",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": parts.netloc,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if request.body is not None:
        values["CONTENT_LENGTH"] = str(len(body))
    return values | _variables(request)


def _variables(request: Request) -> dict[str, str]:
    """Headers as WSGI variables: values without blanks around, as servers read them, bytes as Latin-1."""
    variables = {}
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        plain = key in {"CONTENT_TYPE", "CONTENT_LENGTH"}
        variables[key if plain else f"HTTP_{key}"] = value.strip(" \t").encode().decode("latin-1")
    return variables


def _lower(headers: Any) -> Mapping[str, str]:
    """Headers by name in lower case; repeated ones joined."""
    joined: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        joined[key] = f"{joined[key]}, {value}" if key in joined else value
    return joined
