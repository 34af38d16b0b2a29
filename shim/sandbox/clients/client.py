"""A program that asks the legacy API of several services at one address, and counts what it was answered."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import requests

CONNECT, READ = 3.0, 60.0
HOOKS = "http://127.0.0.1:8070"
"""Where the demo takes webhooks."""
PAGES = 10
"""How many pages of a list a client reads at most."""


class Unreachable(Exception):
    """Nothing answers at the address, or there is no time left to wait for it."""


class Client:
    """One client: services are chosen by the first segment of the path, as at a shim without host names of its own.

    `authorization` makes the value of its header anew for each request; `end` is the monotonic time beyond which it
    asks nothing more. `hooks` is where it wants to be told of events. `answered` counts its answers by status.
    """

    def __init__(self, url: str, agent: str, authorization: Callable[[], str], end: float, hooks: str = HOOKS) -> None:
        self._url, self._authorization, self._end = url.rstrip("/"), authorization, end
        self.hooks = hooks.rstrip("/")
        self.answered: Counter[int] = Counter()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["User-Agent"] = agent

    def ask(self, method: str, service: str, path: str, **request: Any) -> requests.Response:
        """The answer to one request. Raises Unreachable."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise Unreachable("takes longer than it may")
        headers = {"Authorization": self._authorization(), **request.pop("headers", {})}
        address, patience = f"{self._url}/{service}{path}", (min(left, CONNECT), min(left, READ))
        try:
            answer = self._session.request(method, address, headers=headers, timeout=patience, **request)
        except requests.RequestException as error:
            raise Unreachable(type(error).__name__) from None
        self.answered[answer.status_code] += 1
        return answer

    def get(self, service: str, path: str, **request: Any) -> Any:
        """The JSON at a path, an empty object where there is none."""
        answer = self.ask("GET", service, path, **request)
        is_json = answer.ok and answer.headers.get("Content-Type", "").startswith("application/json")
        return answer.json() if is_json else {}

    def pages(self, service: str, path: str, start: str = "", **request: Any) -> Iterator[dict[str, Any]]:
        """The rows of a list, page by page, each when it is needed."""
        for _ in range(PAGES):
            page = self.get(service, path, params={"start": start} if start else {}, **request)
            yield from page.get("results", ())
            start = page.get("next") or ""
            if not start:
                return

    def close(self) -> None:
        """Let go of its connections."""
        self._session.close()
