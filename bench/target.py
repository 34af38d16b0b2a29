"""A target of webhooks that notes what arrives, and now and then takes nothing."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

HOST = "127.0.0.1"
MOST_REFUSED = 2


class Arrival(NamedTuple):
    """A delivery that was taken: its UUID and event, and its body."""

    uuid: str
    event: str
    body: bytes


class Target:
    """Takes deliveries but for a share of them, which it answers with 503; `taken` has them by what they tell.

    What they tell is a member of the JSON object, `about`. None is refused more than twice: it would wait for long.
    """

    def __init__(self, about: str, refusing: float = 0.05, seed: int = 1) -> None:
        self.about, self.refused, self.unread = about, 0, list[bytes]()
        self.taken: dict[str, list[Arrival]] = defaultdict(list)
        self.changed = threading.Condition()
        self._refusing, self._random = refusing, random.Random(seed)  # noqa: S311
        self._times: Counter[str] = Counter()

    def take(self, arrival: Arrival) -> bool:
        """Note a delivery; whether it is taken."""
        with self.changed:
            if self._times[arrival.uuid] < MOST_REFUSED and self._random.random() < self._refusing:
                self._times[arrival.uuid] += 1
                self.refused += 1
                return False
            told = _member(arrival.body, self.about)
            if told is None:
                self.unread.append(arrival.body)
            else:
                self.taken[told].append(arrival)
            self.changed.notify_all()
        return True

    @contextmanager
    def running(self) -> Iterator[str]:
        """Listen; gives the URL."""
        target = self

        class Handler(BaseHTTPRequestHandler):
            """One delivery."""

            def do_POST(self) -> None:
                """Take it or not."""
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:  # its sender was killed: nobody takes half a request for a delivery
                    self.close_connection = True
                    return
                told = Arrival(self.headers["X-Webhook-Delivery"], self.headers["X-Webhook-Event"], body)
                self.send_response(200 if target.take(told) else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Silence."""

        server = ThreadingHTTPServer((HOST, 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}/hook"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def _member(body: bytes, name: str) -> str | None:
    try:
        value: Any = json.loads(body)[name]
    except (ValueError, LookupError, TypeError):
        return None
    return value if isinstance(value, str) else None
