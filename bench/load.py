"""Clients that mean no good: mixed requests, hanging up, slow ones; and a note of what each came to."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bench.asks import MIXED, MOST, Ask

PATIENCE = 30.0
HANGS_UP = 0.15
SLOW = 0.05
_RETRY = 0.05


_ASKS = tuple(ask for asks in MIXED.values() for ask in asks)


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
        often = [ask.often for ask in _ASKS]
        while not self._stopped.is_set():
            (ask,) = self._random.choices(_ASKS, often)
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
        head, body = ask.numbered(self._random.randint(1, MOST)).encoded(self._token)
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
