"""What of one repository's time is whose: layer upon layer in one thread, each measured with all that lie below it.

The API answers from memory in another process, so that of it only the wait is left, which takes no processor time.
"""

from __future__ import annotations

import http.client
import io
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import requests
from flask import Flask, Response
from gql import Client
from gql.transport.requests import RequestsHTTPTransport

from bench.thin import plain_session
from shim.app import create_app
from shim.config import load
from shim.services.git import service
from shim.services.git.resources import Repository
from shim.upstream import Asker, Bounds, Deadline, Gate, Keeper, Limits, Remote, Upstream
from shim.upstream.transport import HttpTransport

PATH = "/git/api/repos/r1"
_TURNS = 20
_FAR = 3600.0


class Open:
    """A gate that lets everybody in, at no cost."""

    @contextmanager
    def admitted(self, bounds: Bounds, caller: str, weight: int, patience: float) -> Iterator[None]:
        """No wait."""
        yield


class Layers:
    """The layers of a request for one repository, in front of the API of a configuration."""

    def __init__(self, config: Path, token: str) -> None:
        self._config, self._token = load(str(config), os.environ), token
        self._url = f"{self._config.services['git'].api_origin}/query"
        operation = service.operations.of("Repository", "2024")
        self._operation = operation.mine or operation
        self._request = self._operation.request({"r": "r1"})
        self._data = requests.post(self._url, json=self._request.payload, timeout=_FAR).json()["data"]

    def measured(self, often: int) -> dict[str, float]:
        """Milliseconds of processor time by layer, each without what lies below it; medians of turns."""
        with ExitStack() as stack:
            keeper = Keeper()
            keeper.start()
            stack.callback(keeper.stop)
            connection = stack.enter_context(closing(http.client.HTTPConnection(urlsplit(self._url).netloc)))
            calls = self._calls(connection, Remote(keeper.path))
            costs: dict[str, list[float]] = {name: [] for name in calls}
            for _ in range(_TURNS):
                for name, call in calls.items():
                    costs[name].append(cost_of(call, -(-often // _TURNS)))
        return _apart({name: median(found) * 1000 for name, found in costs.items()})

    def _calls(self, connection: http.client.HTTPConnection, gate: Gate) -> Mapping[str, Callable[[], object]]:
        resource, repository = Repository(), self._data["owner"]["repository"]
        return {
            "http.client": self._bare(connection),
            "requests": self._requests(),
            "gql": self._gql(RequestsHTTPTransport(self._url)),
            "transport": self._gql(HttpTransport(self._url, Limits().answer)),
            "ungated": self._upstream(Open()),
            "upstream": self._upstream(gate),
            "resource": lambda: resource.dump(repository),
            "flask": self._flask(),
            "app": self._app(gate),
        }

    def _bare(self, connection: http.client.HTTPConnection) -> Callable[[], object]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}

        def call() -> object:
            connection.request("POST", "/query", json.dumps(self._request.payload), headers)
            return json.loads(connection.getresponse().read())

        return call

    def _requests(self) -> Callable[[], object]:
        session, headers = plain_session(), {"Authorization": f"Bearer {self._token}"}

        def call() -> object:
            answer = session.post(self._url, json=self._request.payload, headers=headers, timeout=_FAR)
            return json.loads(answer.content)

        return call

    def _gql(self, transport: RequestsHTTPTransport) -> Callable[[], object]:
        session = Client(transport=transport).connect_sync()  # type: ignore[no-untyped-call]
        transport.session.trust_env = False  # type: ignore[union-attr]
        arguments = {"auth": self._asker(), "timeout": (_FAR, _FAR), "allow_redirects": False}
        return lambda: session.execute(self._operation.request({"r": "r1"}), extra_args=arguments)

    def _upstream(self, gate: Gate) -> Callable[[], object]:
        upstream = Upstream(self._url.removesuffix("/query"), Limits(), gate, Bounds("git"))
        asker = self._asker()
        return lambda: upstream.execute(
            self._operation, {"u": None, "r": "r1"}, asker, Deadline(_FAR), lambda name, seconds: None
        )

    def _asker(self) -> Asker:
        return Asker(f"Bearer {self._token}", {"User-Agent": "shim"}, "caller")

    def _flask(self) -> Callable[[], object]:
        app = Flask("nothing", static_folder=None)
        app.add_url_rule(PATH, "nothing", lambda: Response("{}", content_type="application/json"))
        return lambda: asked(app, self._token)

    def _app(self, gate: Gate) -> Callable[[], object]:
        app = create_app(self._config, gate)
        return lambda: asked(app, self._token)


def asked(app: Callable[..., object], token: str) -> object:
    """Ask an app as a server would."""
    environ = {
        **{"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": PATH, "QUERY_STRING": "", "REMOTE_ADDR": "::1"},
        **{"SERVER_NAME": "bench", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "bench"},
        **{"wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO()},
        "HTTP_AUTHORIZATION": f"token {token}",
    }
    told: list[str] = []
    body = app(environ, lambda status, headers, *error: told.append(status))
    assert told[0].startswith("200"), told
    read = list(body)  # type: ignore[call-overload]
    getattr(body, "close", lambda: None)()
    return read


def cost_of(call: Callable[[], object], often: int) -> float:
    """Seconds of this thread's processor time for each call."""
    begin = time.thread_time()
    for _ in range(often):
        call()
    return (time.thread_time() - begin) / often


def _apart(known: Mapping[str, float]) -> dict[str, float]:
    """The layers without those below, by whose they are."""
    ours = known["app"] - known["flask"] - known["upstream"] - known["resource"]
    return {
        "connection and JSON (http.client, json)": known["http.client"],
        "requests and urllib3": known["requests"] - known["http.client"],
        "gql": known["gql"] - known["requests"],
        "bounds and times of connections": known["transport"] - known["gql"],
        "guard, form of the answer, suspects": known["ungated"] - known["transport"],
        "the gate": known["upstream"] - known["ungated"],
        "resource": known["resource"],
        "Flask and Werkzeug": known["flask"],
        "front, endpoint, caller, body, headers": ours,
    }
