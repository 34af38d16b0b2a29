"""Clients that mean no good: mixed requests, hanging up, slow ones; and a note of what each came to."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

PATIENCE = 30.0
HANGS_UP = 0.15
SLOW = 0.05
_RETRY = 0.05


@dataclass(frozen=True)
class Ask:
    """One legacy request, how often it is sent in proportion to others, and the service it is counted under."""

    method: str
    target: str
    often: int = 1
    body: object = None

    @property
    def service(self) -> str:
        return self.target.split("/")[1]

    def encoded(self, token: str) -> tuple[bytes, bytes]:
        """Head and body as they are sent."""
        body = b"" if self.body is None else json.dumps(self.body).encode()
        lines = [f"{self.method} {self.target} HTTP/1.1", "Host: bench", f"Authorization: token {token}"]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode(), body


MIXED = (
    Ask("GET", "/git/api/repos/r{n}", 6),
    Ask("GET", "/git/api/repos", 4),
    Ask("GET", "/git/api/~u{n}/repos?start=40", 2),
    Ask("GET", "/git/api/repos/r{n}/refs", 3),
    Ask("GET", "/git/api/repos/r{n}/log", 4),
    Ask("GET", "/git/api/repos/r{n}/log/c0{n:038x}", 2),
    Ask("GET", "/git/api/repos/r{n}/tree", 3),
    Ask("GET", "/git/api/repos/r{n}/tree/HEAD/" + "a/" * 40 + "a", 2),
    Ask("GET", "/git/api/repos/r{n}/tree/" + "a/" * 300 + "a", 1),
    Ask("GET", "/git/api/repos/r{n}/blob/HEAD/a{n}.txt", 4),
    Ask("PUT", "/git/api/repos/r{n}", 1, {"description": "x" * 200}),
    Ask("POST", "/git/api/repos", 1, {"name": "made", "visibility": "public"}),
    Ask("GET", "/hg/api/repos", 2),
    Ask("GET", "/hg/api/repos/r{n}", 2),
    Ask("GET", "/todo/api/trackers", 2),
    Ask("GET", "/todo/api/trackers/t{n}", 2),
    Ask("GET", "/todo/api/trackers/t{n}/tickets", 6),
    Ask("GET", "/todo/api/trackers/t{n}/tickets?start=55", 2),
    Ask("GET", "/todo/api/trackers/t{n}/labels", 1),
    Ask("GET", "/todo/api/trackers/t{n}/tickets/{n}", 3),
    Ask("GET", "/todo/api/trackers/t{n}/tickets/{n}/events", 3),
    Ask("PUT", "/todo/api/trackers/t{n}/tickets/{n}", 2, {"comment": "a comment"}),
    Ask("POST", "/todo/api/trackers/t{n}/tickets", 1, {"title": "a title", "description": "x"}),
)


@dataclass
class Notes:
    """What became of the requests: answers by service and status, seconds that they took, and how others ended."""

    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    ends: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def answered(self, service: str, status: str, seconds: float) -> None:
        """Note an answer."""
        with self._lock:
            self.answers[service, status] += 1
            self.seconds[service].append(seconds)

    def ended(self, how: str) -> None:
        """Note a request that got none, or an oddity of one."""
        with self._lock:
            self.ends[how] += 1


class Client(threading.Thread):
    """Sends one request after the other until it is told to stop; `seed` makes its choices its own."""

    def __init__(self, address: Callable[[], tuple[str, int]], token: str, notes: Notes, seed: int) -> None:
        super().__init__(name=f"client-{seed}", daemon=True)
        self._address, self._token, self._notes = address, token, notes
        self._random = random.Random(seed)  # noqa: S311 - no secrets
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let the request under way be the last."""
        self._stopped.set()

    def run(self) -> None:
        """Send until stopped."""
        often = [ask.often for ask in MIXED]
        while not self._stopped.is_set():
            (ask,) = self._random.choices(MIXED, often)
            try:
                self.send(ask)
            except ConnectionRefusedError:
                self._notes.ended("refused")
                self._stopped.wait(_RETRY)
            except TimeoutError:
                self._notes.ended("no answer in time")
            except OSError:
                self._notes.ended("cut")

    def send(self, ask: Ask) -> None:
        """One request with a number of its own in the target. Raises OSError where no answer comes."""
        number = self._random.randint(1, 20)
        target = ask.target.replace("{n:038x}", f"{number:038x}").replace("{n}", str(number))
        head, body = Ask(ask.method, target, body=ask.body).encoded(self._token)
        mood = self._random.random()
        begin = time.monotonic()
        with socket.create_connection(self._address(), PATIENCE) as connection:
            for piece in _trickled(head + body) if mood < SLOW else [head + body]:
                connection.sendall(piece)
                if mood < SLOW and self._stopped.wait(_RETRY):
                    return
            if mood > 1 - HANGS_UP:
                self._hang_up(connection)
                return
            if status := _status(connection):
                kept = "slow client" if mood < SLOW else ask.service
                self._notes.answered(kept, status, time.monotonic() - begin)
            else:
                self._notes.ended("cut")

    def _hang_up(self, connection: socket.socket) -> None:
        """Wait a moment at random, mostly too short for the answer, and leave."""
        connection.settimeout(self._random.expovariate(10))
        try:
            connection.recv(1)
        except TimeoutError:
            self._notes.ended("hung up")
        else:
            self._notes.ended("hung up late")


def _trickled(text: bytes) -> Iterator[bytes]:
    """A request in twenty pieces."""
    size = max(1, len(text) // 20)
    return (text[i : i + size] for i in range(0, len(text), size))


def _status(connection: socket.socket) -> str:
    """The status of the answer, which is read to its end; nothing if there is none."""
    with connection.makefile("rb") as answer:
        line: bytes = answer.readline()
        while answer.read(65536):
            pass
    return line.split()[1].decode() if line.startswith(b"HTTP/") else ""
