"""Deliveries of native webhooks: one POST, signed, made in a thread of their own (conventions 9.2)."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial

import requests

from shim.recordings.answer import Answer
from shim.sandbox.instance.config import Instance
from shim.sandbox.webhooks.later import Later

TIMEOUT = 30
USER_AGENT = "Go-http-client/1.1"
MAX_BODY = 65536
WAITS = (120.0, 240.0, 480.0, 960.0)
"""Seconds before each repetition of a delivery."""
TRANSIENT = frozenset({502, 503, 504})
_log = logging.getLogger(__name__)
Transport = Callable[[str, Mapping[str, str], bytes], Answer]
Record = Callable[[Answer], None]


@dataclass(frozen=True)
class Attempt:
    """A delivery that was attempted `number` times before."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    record: Record
    number: int = 0


def post(url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Deliver over HTTP. Raises requests.RequestException when no answer came."""
    with requests.Session() as session:
        session.trust_env = False
        sent = {"User-Agent": USER_AGENT, **headers}
        response = session.post(url, data=body, headers=sent, timeout=TIMEOUT)
        return Answer(response.status_code, response.headers, response.content)


class Queue:
    """Makes deliveries by threads of its own, so that a mutation never waits for a receiver.

    The threads start with the first delivery. One that fails is made again a few times, from memory (conventions 9.2).
    """

    def __init__(
        self, instance: Instance, transport: Transport = post, waits: Sequence[float] = WAITS, threads: int = 1
    ) -> None:
        """`waits` are the seconds before each repetition."""
        self._instance, self._transport = instance, transport
        self._waits, self._threads = waits, threads
        self._lock = threading.Lock()
        self._executor: ThreadPoolExecutor | None = None
        self._pending: set[Future[None]] = set()
        self._again = Later()

    def submit(self, url: str, headers: Mapping[str, str], body: bytes, record: Record) -> None:
        """Deliver soon; `record` gets the answers that come."""
        self._submit(Attempt(url, headers, body, record))

    def drain(self, timeout: float | None = None) -> bool:
        """Wait until nothing is left to deliver now; False if that took longer than `timeout` seconds."""
        return not wait(set(self._pending), timeout).not_done

    @property
    def waiting(self) -> int:
        """How many deliveries there are that failed and will be made again."""
        return len(self._again)

    def forget(self) -> None:
        """Drop what would be made again."""
        again, self._again = self._again, Later()
        again.close()

    def close(self) -> None:
        """Drop what has not been delivered yet and stop."""
        self.forget()
        with self._lock:
            executor, self._executor = self._executor, None
        if executor:
            executor.shutdown(wait=False, cancel_futures=True)

    def _submit(self, attempt: Attempt) -> None:
        with self._lock:
            self._executor = self._executor or ThreadPoolExecutor(self._threads, "webhooks")
            future = self._executor.submit(self._deliver, attempt)
            self._pending.add(future)
        future.add_done_callback(self._pending.discard)

    def _deliver(self, attempt: Attempt) -> None:
        """One attempt, and the next if it failed as a network does."""
        try:
            again = self._attempt(attempt)
        except Exception:
            _log.exception("a delivery to %s failed", attempt.url)
            return
        if again and attempt.number < len(self._waits):
            following = replace(attempt, number=attempt.number + 1)
            self._again.add(self._waits[attempt.number], partial(self._submit, following))

    def _attempt(self, attempt: Attempt) -> bool:
        """Deliver; whether that failed."""
        nonce = secrets.token_hex(8)
        signature = self._instance.sign(attempt.body + nonce.encode())
        signed = {**attempt.headers, "X-Payload-Nonce": nonce, "X-Payload-Signature": signature}
        try:
            answer = self._transport(attempt.url, signed, attempt.body)
        except requests.RequestException as error:
            _log.info("no answer from %s: %s", attempt.url, error)
            return True
        attempt.record(answer)
        return answer.status in TRANSIENT
