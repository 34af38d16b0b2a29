"""The sandbox, the shim before it, and those who are told of events: each at a socket of its own."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import request
from werkzeug.exceptions import NotFound
from werkzeug.serving import WSGIRequestHandler, make_server

from shim import crypto
from shim.app import create_app
from shim.cli.demo import configured
from shim.compare.stand.instance import Instance
from shim.crypto import BearerToken
from shim.parsers import networks
from shim.sandbox import Sandbox
from shim.sandbox.clients import Client
from shim.store import migrations, open_store
from tests.cassettes import FIXTURES
from tests.sandbox.conftest import Client as Server
from tests.sandbox.conftest import Receiver

FAR = 4102444800
OWNER = "jdoe"
NOTHING = "0" * 40
PUSH = "mutation ($input: GitEventInput!) { deliverGitHook(input: $input) }"


@dataclass(frozen=True)
class Hook:
    """A request that a receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> str:
        """The name in its headers."""
        return self.headers["X-Webhook-Event"]


class Hearer:
    """A receiver at a socket: notes what arrives, and answers it with a status; 500 when `hear` fails over it."""

    def __init__(self, hear: Callable[[Hook], int] = lambda hook: 200) -> None:
        self.hooks: list[Hook] = []
        self.statuses: list[int] = []
        hearer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook = Hook(self.path, dict(self.headers), body)
                hearer.hooks.append(hook)
                try:
                    status = hear(hook)
                except Exception:
                    status = 500
                hearer.statuses.append(status)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Noting(Client):
    """A client that notes what it asked and was answered: `POST /api/user/webhooks 201`."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.asked: list[str] = []

    def ask(self, method: str, service: str, path: str, **request: Any) -> requests.Response:
        """The answer, noted."""
        answer = super().ask(method, service, path, **request)
        self.asked.append(f"{method} {path} {answer.status_code}")
        return answer

    def taken(self) -> list[str]:
        """What was noted since the last time."""
        noted, self.asked = self.asked, []
        return noted


class Stand:
    """Servers of an era over the recorded data, and the shim before them at `url`.

    `upstream` are the bodies that GraphQL was asked with.
    """

    def __init__(self, sandbox: Sandbox, url: str, instance: Instance, upstream: list[str]) -> None:
        self.sandbox, self.url, self._instance, self.upstream = sandbox, url, instance, upstream

    @property
    def public_key(self) -> str:
        """The instance's, as its servers have it in their configuration: base64."""
        key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(self.sandbox.instance.private_key))
        return base64.b64encode(key.public_key().public_bytes_raw()).decode()

    def internal(self, user: str = OWNER, agent: str = "python-requests/2.31.0") -> Noting:
        """Another server of the instance, in the name of a user."""
        key = self._instance.keys("git").network_key
        who = {"name": user, "client_id": "core.sr.ht", "node_id": "core.sr.ht legacy", "oauth_client_id": ""}
        return self._client(agent, lambda: f"Internal {crypto.seal(key, who)}")

    def program(self, scheme: str = "token", user: str = OWNER, grants: str = "", agent: str = "") -> Noting:
        """A program with a user's token."""
        token = BearerToken(FAR, grants, "", user).mint(self._instance.keys("git").private_key)
        return self._client(agent, lambda: f"{scheme} {token}")

    def graphql(self, service: str, query: str, user: str = OWNER, internal: bool = False, **variables: Any) -> Any:
        """What a user, or another server in his name, is answered by GraphQL; its webhooks have arrived then."""
        answer = Server(self.sandbox, Receiver(), service).data(query, user=user, internal=internal, **variables)
        self.settle()
        return answer

    def legacy(self, method: str, service: str, path: str, **body: Any) -> Any:
        """The JSON that a user's program is answered by the old API; its webhooks have arrived then."""
        answer = self.program().ask(method, service, path, **({"json": body} if body else {}))
        assert answer.ok, answer.text
        self.settle()
        return answer.json() if answer.content else None

    def push(self) -> tuple[str, str]:
        """A branch moves, a new and a deleted one come and go: the commits before and after the first of these."""
        rows = self.legacy("GET", "git", "/api/repos/weather/refs")["results"]
        branches = {row["name"]: row["target"] for row in rows if row["name"].startswith("refs/heads/")}
        (moved, tip), (made, other) = list(branches.items())[:2]
        updates = [(moved, other, tip), (made, NOTHING, other), ("refs/heads/gone", tip, NOTHING)]
        told = [{"ref": ref, "old": old, "new": new} for ref, old, new in updates]
        self.graphql(
            "git", PUSH, internal=True, input={"repositoryID": 1, "event": "GIT_POST_RECEIVE", "updates": told}
        )
        return other, tip

    def settle(self) -> None:
        """Wait until all that was told of has been delivered once."""
        assert self.sandbox.drain(60)

    def _client(self, agent: str, authorization: Callable[[], str]) -> Noting:
        return Noting(self.url, agent, authorization, time.monotonic() + 120)


@contextmanager
def standing(era: str, folder: Path, **changes: Any) -> Iterator[Stand]:
    """All of it, on untouched data; `changes` are other settings of the shim."""
    sandbox, instance = Sandbox(FIXTURES, era=era), Instance(FIXTURES)
    upstream: list[str] = []
    sandbox.app.before_request(lambda: upstream.append(request.get_data(as_text=True)))
    store_url = f"sqlite:///{folder}/shim.sqlite3"
    with ExitStack() as exits:
        base = exits.enter_context(sandbox.running())
        server = make_server("127.0.0.1", 0, NotFound(), threaded=True, request_handler=_Silent)
        exits.callback(server.server_close)
        store = exits.enter_context(closing(open_store(store_url)))
        migrations.migrate(store)
        url = f"http://127.0.0.1:{server.server_port}"
        settings = {"webhook_networks": networks("127.0.0.0/8"), "webhook_signing_key": ("instance",), **changes}
        config = replace(configured(instance, sandbox, base, era), store=store_url, **{"origin": url, **settings})
        server.app = exits.enter_context(closing(create_app(config, store=store)))
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        exits.callback(thread.join)
        exits.callback(server.shutdown)
        yield Stand(sandbox, url, instance, upstream)


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        pass
