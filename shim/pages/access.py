"""Who may see the dashboard: whoever knows its password, by HTTP basic authentication under any name."""

from __future__ import annotations

import hmac
import threading
from collections import OrderedDict
from hashlib import sha256

import structlog
from flask import Flask, current_app, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import NotFound, TooManyRequests, Unauthorized

from shim.pages.site import here
from shim.rest.peer import peer_of

log = structlog.get_logger(__name__)
WRONG = 20
"""How many wrong passwords a peer may try within a minute, in one process."""
_MINUTE = 60
_MOST_PEERS = 1000
_KEY = "shim.door"
_OFF = (
    "The dashboard is off. To turn it on, set dashboard-password in the [shim] section of the configuration to a long"
    " random text, and restart the shim."
)
_WAIT = "Too many wrong passwords came from this address. Try again in a minute."
_ASK = "This page is for operators. It asks for the dashboard-password of the configuration; any user name will do."


class Tries:
    """The wrong passwords of the last peers that sent one."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, int], int] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, peer: str, now: float) -> None:
        """Count one."""
        key = (peer, int(now // _MINUTE))
        with self._lock:
            self._made[key] = self._made.pop(key, 0) + 1
            if len(self._made) > _MOST_PEERS:
                self._made.popitem(last=False)

    def are_too_many(self, peer: str, now: float) -> bool:
        """Whether a peer has to wait for the next minute."""
        return self._made.get((peer, int(now // _MINUTE)), 0) >= WRONG


class Door:
    """Asks for the password before each page of the dashboard.

    Peers whose address is not known, as behind a Unix socket, can't be told apart, so nobody locks them out.
    """

    def __init__(self) -> None:
        self._tries = Tries()

    def ask(self) -> None:
        """Let in who knows the password. Raises what to answer in place of the page."""
        password, now = here().config.dashboard_password, here().now()
        if not password:
            raise NotFound(_OFF)
        peer = str(peer_of(request.environ, here().config.trusted_proxies) or "")
        if peer and self._tries.are_too_many(peer, now):
            raise TooManyRequests(_WAIT, retry_after=_MINUTE)
        if _is(password):
            return
        if "Authorization" in request.headers:
            self._tries.add(peer, now)
            log.warning("dashboard: wrong password", peer=peer)
        raise Unauthorized(_ASK, www_authenticate=WWWAuthenticate("basic", {"realm": "usage", "charset": "UTF-8"}))


def install(app: Flask) -> None:
    """Give an app its door."""
    app.extensions[_KEY] = Door()


def ask() -> None:
    """Ask at the door of the app in hand. Raises what to answer in place of the page."""
    door: Door = current_app.extensions[_KEY]
    door.ask()


def _is(password: str) -> bool:
    """Whether the password was sent, in a time that tells nothing of how much of it was."""
    sent = request.authorization
    given = sent.password if sent is not None and sent.type == "basic" else None
    wanted, found = (sha256(text.encode()).digest() for text in (password, given or ""))
    return hmac.compare_digest(wanted, found)
