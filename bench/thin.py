"""The thinnest way from a request to the API and back in Python: what there is to compare the shim with.

A bare Flask app behind the shim's own kind of worker, a requests session in each thread, `json` for the rest. It looks
at nothing and refuses nothing. `python -m bench.thin CONFIG PORT` serves it.
"""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

import requests
from flask import Flask, Response, request

from bench.cases import CASES, Ask, Case
from shim.config import load
from shim.crypto import seal
from shim.server.master import Server
from shim.services import discover
from shim.settings import Config

THREADS = 8
_FILE = "{file}"
_CURSORS = {"{cursor}": (1000, ""), "{first half}": (25, ""), "{second half}": (25, "25")}
"""How many rows are asked for, and from which on: they are numbered downwards."""


class Thin:
    """The app in front of the services of a configuration."""

    def __init__(self, config: Config) -> None:
        self._origins = {name: service.api_origin for name, service in config.services.items()}
        self._operations = {service.name: service.operations for service in discover()}
        self._cursors = {
            name: seal(config.network_key or "", {"count": count, "next": position, "search": ""})
            for name, (count, position) in _CURSORS.items()
        }
        self._local = threading.local()
        self.app = Flask("thin", static_folder=None)
        for case in CASES:
            self.app.add_url_rule(case.path, case.path, self._view(case), methods=[case.method])

    def _view(self, case: Case) -> Any:
        asked = [(ask, self._payload(case.service, ask)) for ask in case.asks]
        url = f"{self._origins[case.service]}/query"

        def view() -> Response:
            for ask, payload in asked:
                answer = self._send(url, payload, _FILE in ask.variables.values())
            return Response(json.dumps(answer["data"]), content_type="application/json")

        return view

    def _payload(self, service: str, ask: Ask) -> dict[str, Any]:
        operation = self._operations[service].of(ask.operation, "2024")
        operation = operation.mine or operation
        values = {
            name: self._cursors.get(value, value) if isinstance(value, str) else value
            for name, value in ask.variables.items()
        }
        return {"query": operation.text, "variables": values, "operationName": operation.name}

    def _send(self, url: str, payload: dict[str, Any], has_file: bool) -> Any:
        headers = {"Authorization": request.headers["Authorization"].replace("token", "Bearer")}
        if has_file:
            file = request.files["file"]
            form = {"operations": json.dumps(payload), "map": json.dumps({"0": ["variables.file"]})}
            files = {"0": (file.filename, file.stream)}
            answer = self._session().post(url, data=form, files=files, headers=headers, timeout=30)
        else:
            answer = self._session().post(url, json=payload, headers=headers, timeout=30)
        return json.loads(answer.content)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = plain_session()
        return session


def plain_session() -> requests.Session:
    """A session that does not look for credentials and proxies at every request."""
    session = requests.Session()
    session.trust_env = False
    return session


class ThinServer(Server):
    """The shim's server with that app in it."""

    def load(self) -> Any:
        """The WSGI app of the worker."""
        return Thin(self._config).app


def main() -> None:
    """Serve until ended."""
    _, config, port = sys.argv
    options = {"bind": f"127.0.0.1:{port}", "workers": 1, "threads": THREADS, "loglevel": "warning"}
    ThinServer(lambda: load(config, {}), options).run()


if __name__ == "__main__":
    main()
