"""How a worker's threads are shared: one service that hangs leaves the others some (dynamic thresholds).

A service may take another thread as long as it has fewer than are free: alone it gets half of them, two in trouble a
third each, and there is always one left for who comes next.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response
from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BUSY = "{title} is busy; try again later"


class Shares:
    """The threads of one worker; `busy` is told of a service whose call got none."""

    def __init__(self, threads: int, busy: Callable[[str], None] = lambda service: None) -> None:
        self._threads, self._busy = threads, busy
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    def around(self, service: str, app: WSGIApplication, title: str = "") -> WSGIApplication:
        """The app of a service, which answers 503 at once where the service has its share already.

        `title` is what the answer calls it, by default `git.sr.ht` for `git`.
        """

        def sharing(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            if not self.take(service):
                self._busy(service)
                return _answer(title or f"{service}.sr.ht")(environ, start_response)
            try:
                return ClosingIterator(app(environ, start_response), partial(self.give, service))
            except BaseException:
                self.give(service)
                raise

        return sharing

    def take(self, service: str) -> bool:
        """Take a thread, if the service may."""
        with self._lock:
            free = self._threads - self._taken.total()
            if self._taken[service] and self._taken[service] >= free:
                return False
            self._taken[service] += 1
            return True

    def give(self, service: str) -> None:
        """Give a thread back."""
        with self._lock:
            self._taken[service] -= 1


def _answer(title: str) -> Response:
    body = json.dumps({"errors": [{"reason": BUSY.format(title=title)}]})
    return Response(body, 503, {"Retry-After": "1"}, content_type="application/json")
