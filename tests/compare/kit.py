"""What the tests of the comparison share: a small fixtures root, and an app that answers from a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from werkzeug import Request as HttpRequest
from werkzeug import Response

from shim.compare.cassettes.cassette import Cassette
from shim.compare.stand.credentials import Keys
from shim.compare.stand.settings import Settings
from shim.compare.stand.stage import Stage, Stand
from shim.compare.stand.target import WsgiTarget

NETWORK_KEY = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
PRIVATE_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
KEYS = Keys(NETWORK_KEY, PRIVATE_KEY, "0123456789abcdef")
DATASET = {
    "users": [
        {"id": 1, "username": "ann", "user_type": "active_free"},
        {"id": 2, "username": "sue", "user_type": "suspended"},
        {"id": 3, "username": "new", "user_type": "unconfirmed"},
    ],
}
JSON = {"Content-Type": ["application/json"]}

Answering = Callable[[HttpRequest], Response]


def interaction(
    target: str,
    body: str | bytes,
    *,
    method: str = "GET",
    status: int = 200,
    sent: str | bytes | None = None,
    asked: Mapping[str, list[str]] | None = None,
    answered: Mapping[str, list[str]] = JSON,
    **further: Any,
) -> dict[str, Any]:
    """One recorded exchange as it stands in a cassette."""
    headers = {"Authorization": ["token {ann}"]} if asked is None else dict(asked)
    return {
        "request": {"method": method, "uri": f"http://git.example.org{target}", "headers": headers, "body": sent},
        "response": {
            "status": {"code": status, "message": "X"},
            "headers": dict(answered),
            "body": {"string": body},
        },
        **further,
    }


def write_cassette(root: Path, name: str, interactions: list[dict[str, Any]], **further: Any) -> Path:
    """Write `<root>/<name>`, e.g. `git/rest/reads/x.yaml`, the service's data set, and rules of the root's own."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"version": 1, "interactions": interactions, **further}), "utf-8")
    if not (root / "deviations.yaml").exists():
        write_rules(root)
    data = root / name.split("/")[0] / "data"
    data.mkdir(exist_ok=True)
    (data / "dataset.json").write_text(json.dumps(DATASET), "utf-8")
    return path


def write_rules(root: Path, *rules: dict[str, Any]) -> Path:
    """Write `<root>/deviations.yaml`; each rule gets what every rule needs."""
    given = [
        {"id": f"r{number}", "services": ["git"], "reason": "because", "contract": "git 5", **rule}
        for number, rule in enumerate(rules)
    ]
    path = root / "deviations.yaml"
    path.write_text(yaml.safe_dump(given, sort_keys=False), "utf-8")
    return path


class Fake:
    """A stand whose app is a function; counts how often the data set was reset."""

    def __init__(self, answering: Answering, keys: Keys = KEYS) -> None:
        self._answering = answering
        self._keys = keys
        self._closed = False
        self.resets = 0
        self.requests: list[tuple[str, str]] = []

    @contextmanager
    def open(self, settings: Settings) -> Iterator[Stand]:
        """The stand for the runner; once closed, it answers nothing but 503."""
        self._closed = False
        try:
            yield self.stage
        finally:
            self._closed = True

    def stage(self, cassette: Cassette) -> Stage:
        """The same app for every cassette."""
        return Stage(WsgiTarget(self._app), self._keys, self._reset)

    def _reset(self) -> None:
        self.resets += 1

    def _app(self, environ: Any, start_response: Any) -> Any:
        request = HttpRequest(environ)
        self.requests.append((request.method, request.full_path.rstrip("?")))
        response = Response("closed", 503) if self._closed else self._answering(request)
        return response(environ, start_response)


def reply(body: str | bytes, status: int = 200, content_type: str = "application/json", **headers: str) -> Response:
    """An answer of the app."""
    response = Response(body, status, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response.headers["Content-Type"] = content_type
    return response
