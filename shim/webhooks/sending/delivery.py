"""One attempt to deliver: a POST as the old senders made it (conventions 8.3), hardened against its target.

Redirects are answers, cookies nobody's; nothing is read from the environment, inflated or kept open; the log knows
nothing of URLs, which may hold credentials. Those are sent, as the old senders did.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from shim import __version__
from shim.parsers import Network
from shim.services.bridge import LARGEST
from shim.services.events import Sender
from shim.settings import Config
from shim.webhooks.sending.addresses import Resolver
from shim.webhooks.sending.connection import Adapter, Route, Unreached
from shim.webhooks.sending.outcome import BAD_URL, BROKEN, BUSY, TIMEOUT, TLS, Outcome, Pairs
from shim.webhooks.sending.signature import Signer
from shim.webhooks.sending.turns import Turns

Post = Callable[[requests.PreparedRequest, float], Outcome]
"""Sends a request and waits for the answer no longer than told, in seconds; `sent` of its outcome is not its affair."""
EVENT, DELIVERY = "X-Webhook-Event", "X-Webhook-Delivery"
"""The headers that name an event and its UUID (conventions 8.3)."""
SECONDS = 5.0
"""What an attempt may take in all."""
_OWN = {"User-Agent": f"shim/{__version__}", "Accept-Encoding": "identity"}
_BAD = (requests.RequestException, ValueError)
_BROKEN = (requests.RequestException, HTTPError, OSError, ValueError)
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)  # its warnings quote URLs


class Delivery:
    """Delivers to targets in public networks and those that the operator allows, so many at once."""

    def __init__(
        self,
        networks: Sequence[Network],
        signer: Signer,
        *,
        resolver: Resolver | None = None,
        turns: Turns | None = None,
        authorities: str | None = None,
        clock: Callable[[], float] = time.time,
        post: Post | None = None,
    ) -> None:
        """`authorities` is the path of certificates in place of those that requests brings; `post` is what sends."""
        self._networks, self._signer = networks, signer
        self._resolver, self._turns = resolver or Resolver(), turns or Turns()
        self._verify, self._clock = authorities or True, clock
        self._post = post or self._over_the_net

    @classmethod
    def of(cls, config: Config, post: Post | None = None) -> Delivery | None:
        """The delivery of a configuration, None where there is no key to sign with."""
        signer = Signer.of(config)
        return None if signer is None else cls(config.webhook_networks, signer, post=post)

    def send(
        self,
        url: str,
        event: str,
        uuid: str,
        payload: bytes,
        sender: Sender = Sender.GO,
        seconds: float = SECONDS,
        user: str = "",
    ) -> Outcome:
        """Post a payload, signed with a new nonce, with the headers in a sender's order. Raises nothing over a target.

        `uuid` and `event` must be fit for headers; `user` is whose turn it takes.
        """
        signed = self._signed(event, uuid, payload, sender)
        try:
            request = requests.Request("POST", url, headers={**_OWN, **dict(signed)}, data=payload).prepare()
            host = _host(request)
        except _BAD:
            return Outcome(sent=signed, failure=BAD_URL)
        with self._turns.of(host, user) as mine:
            if not mine:
                return Outcome(sent=signed, failure=BUSY)
            return replace(self._post(request, seconds), sent=signed)

    def _signed(self, event: str, uuid: str, payload: bytes, sender: Sender) -> Pairs:
        """The headers of a delivery: Go wrote them sorted, Python as it set them."""
        nonce, signature = self._signer.sign(payload)
        told = ("Content-Type", "application/json"), (EVENT, event), (DELIVERY, uuid)
        old = (*told, signature, nonce)
        standard = self._signer.standard(payload, uuid, self._clock())
        return (*(sorted(old) if sender is Sender.GO else old), *standard)

    def _over_the_net(self, request: requests.PreparedRequest, seconds: float) -> Outcome:
        route = Route(self._resolver, self._networks, time.monotonic() + seconds)
        adapter = Adapter(route)
        try:
            response = adapter.send(request, stream=True, timeout=seconds, verify=self._verify)
            return Outcome(response.status_code, tuple(response.raw.headers.items()), _beginning(response))
        except Unreached as error:
            return Outcome(failure=str(error))
        except _BROKEN as error:
            return Outcome(failure=_failure(error, route))
        finally:
            adapter.close()


def _host(request: requests.PreparedRequest) -> str:
    """The host that a request goes to. Raises ValueError where it goes nowhere that could be asked."""
    parts = urlsplit(request.url or "")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("neither http nor https")
    return parts.hostname


def _beginning(response: requests.Response) -> bytes:
    """The first bytes of a body; what can't be had of it is not waited for, and the rest is left."""
    found = b""
    try:
        while len(found) < LARGEST and (piece := response.raw.read1(LARGEST - len(found), decode_content=False)):
            found += piece
    except _BROKEN:
        pass
    finally:
        response.close()
    return found[:LARGEST]


def _failure(error: Exception, route: Route) -> str:
    """Why no answer came."""
    if isinstance(error, requests.exceptions.SSLError):
        return TLS
    late = isinstance(error, requests.Timeout) or time.monotonic() >= route.end
    if late:
        return TIMEOUT if route.sent else "unreachable"
    return BROKEN
