"""Deliveries of native webhooks: one POST, signed, made in a thread of their own (conventions 9.2)."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait

import requests

from shim.recordings.answer import Answer
from shim.sandbox.instance.config import Instance

TIMEOUT = 30
USER_AGENT = "Go-http-client/1.1"
MAX_BODY = 65536
_log = logging.getLogger(__name__)


Transport = Callable[[str, Mapping[str, str], bytes], Answer]
Record = Callable[[Answer], None]


def post(url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Deliver over HTTP. Raises requests.RequestException when no answer came."""
    with requests.Session() as session:
        session.trust_env = False
        sent = {"User-Agent": USER_AGENT, **headers}
        response = session.post(url, data=body, headers=sent, timeout=TIMEOUT)
        return Answer(response.status_code, response.headers, response.content)


class Queue:
    """Makes deliveries one after another, so that a mutation never waits for a receiver.

    The thread starts with the first delivery. There are no repeats: the real servers wait minutes for them.
    """

    def __init__(self, instance: Instance, transport: Transport = post) -> None:
        self._instance = instance
        self._transport = transport
        self._lock = threading.Lock()
        self._executor: ThreadPoolExecutor | None = None
        self._pending: set[Future[None]] = set()

    def submit(self, url: str, headers: Mapping[str, str], body: bytes, record: Record) -> None:
        """Deliver soon; `record` gets the answer, if one comes."""
        with self._lock:
            self._executor = self._executor or ThreadPoolExecutor(1, "webhooks")
            future = self._executor.submit(self._deliver, url, headers, body, record)
            self._pending.add(future)
        future.add_done_callback(self._pending.discard)

    def drain(self, timeout: float | None = None) -> bool:
        """Wait until nothing is left to deliver; False if that took longer than `timeout` seconds."""
        return not wait(set(self._pending), timeout).not_done

    def close(self) -> None:
        """Drop what has not been delivered yet and stop."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor:
            executor.shutdown(wait=False, cancel_futures=True)

    def _deliver(self, url: str, headers: Mapping[str, str], body: bytes, record: Record) -> None:
        nonce = secrets.token_hex(8)
        signature = self._instance.sign(body + nonce.encode())
        signed = {**headers, "X-Payload-Nonce": nonce, "X-Payload-Signature": signature}
        try:
            record(self._transport(url, signed, body))
        except requests.RequestException as error:
            _log.info("no answer from %s: %s", url, error)
        except Exception:
            _log.exception("a delivery to %s failed", url)
