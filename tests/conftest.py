"""What many tests need: a server that answers as told, and the keys of the recorded instance."""

from __future__ import annotations

import gc
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings
from structlog.testing import capture_logs

from shim import logs
from tests.mock import filled

settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
pytest_plugins = ["pytester", "tests.cassettes", "tests.databases", "tests.parity.recorded"]
NETWORK_KEY = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
WEBHOOK_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def pytest_collection_finish() -> None:
    """pytest's hook: what is loaded by now stays, and is not searched for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """What a test configures of the log is gone behind it."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """The log's entries during a test."""
    logs.configure()
    with capture_logs() as entries:
        yield entries


class Script:
    """An HTTP server on loopback that answers from a list of steps and notes what it was asked.

    A step is a JSON value (answered with 200, and with nulls for what it lacks), a `(status, content type, text)`, or a
    function of the handler that does as it likes with the connection. The last step repeats. Of a body beyond a
    mebibyte only the beginning and the size are noted.
    """

    def __init__(self) -> None:
        self.steps: list[Any] = [{"data": {"owner": None}}]
        self.requests: list[dict[str, Any]] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(min(length, 2**20))
                for size in range(length - len(body), 0, -(2**16)):
                    self.rfile.read(min(size, 2**16))
                noted = {"path": self.path, "headers": dict(self.headers), "body": body, "size": length}
                script.requests.append(noted)
                step = script.steps.pop(0) if len(script.steps) > 1 else script.steps[0]
                script.play(self, script.whole(step, body) if isinstance(step, dict) else step)

            do_GET = do_POST  # noqa: N815

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def origin(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The JSON bodies it was sent."""
        return [json.loads(request["body"]) for request in self.requests]

    def whole(self, step: dict[str, Any], body: bytes) -> dict[str, Any]:
        """An answer in which nothing is missing that was asked for, but null at most."""
        asked = json.loads(body[body.index(b"{") :].partition(b"\r\n")[0])
        return {**step, "data": filled(asked["query"], asked["variables"], step.get("data"))}

    def play(self, handler: BaseHTTPRequestHandler, step: Any) -> None:
        """Answer one request."""
        if isinstance(step, Callable):
            step(handler)
            return
        status, kind, text = step if isinstance(step, tuple) else (200, "application/json", json.dumps(step))
        data = text if isinstance(text, bytes) else text.encode()
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def script() -> Iterator[Script]:
    """A programmable upstream."""
    server = Script()
    yield server
    server.close()
