"""Who may see the dashboard: whoever knows its password, by HTTP basic authentication under any name."""

from __future__ import annotations

import hmac
import threading
from collections import OrderedDict
from hashlib import sha256
from ipaddress import ip_network
from math import inf

import structlog
from flask import Flask, current_app, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import NotFound, TooManyRequests, Unauthorized

from shim.pages.site import here
from shim.rest.peer import peer_of

log = structlog.get_logger(__name__)
WRONG = 20
"""How many wrong passwords a peer may try within a minute, in one process."""
_MINUTE, _DAY = 60, 86400
_IPV6, _CUSTOMERS = 6, 64
_MOST_PEERS = 1000
_KEY = "shim.door"
_OFF = (
    "The dashboard is off. To turn it on, set dashboard-password in the [shim] section of the configuration to a long"
    " random text, and restart the shim."
)
_WAIT = "Too many wrong passwords came from this address. Try again in a minute."
_ASK = "This page is for operators. It asks for the dashboard-password of the configuration; any user name will do."


class Tries:
    """The wrong passwords of the last peers that sent one, and who sent the right one."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, int], int] = OrderedDict()
        self._trusted: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, peer: str, now: float) -> None:
        """Count one."""
        key = (peer, int(now // _MINUTE))
        with self._lock:
            self._made[key] = self._made.pop(key, 0) + 1
            if len(self._made) > _MOST_PEERS:
                self._made.popitem(last=False)

    def trust(self, peer: str, now: float) -> None:
        """Note that the right one came from a peer: for a day others at its address do not lock it out."""
        with self._lock:
            self._trusted.pop(peer, None)
            self._trusted[peer] = now
            if len(self._trusted) > _MOST_PEERS:
                self._trusted.popitem(last=False)

    def are_too_many(self, peer: str, now: float) -> bool:
        """Whether a peer has to wait for the next minute."""
        if abs(now - self._trusted.get(peer, -inf)) < _DAY:
            return False
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
        peer = _peer()
        if peer and self._tries.are_too_many(peer, now):
            raise TooManyRequests(_WAIT, retry_after=_MINUTE)
        given = _given()
        if _is(password, given):
            self._tries.trust(peer, now)
            return
        if given:
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


def _peer() -> str:
    """Who tries: an address, of IPv6 the network that one customer has; nothing if it is not known."""
    found = peer_of(request.environ, here().config.trusted_proxies)
    if found is not None and found.version == _IPV6:
        return str(ip_network((found, _CUSTOMERS), strict=False))
    return str(found or "")


def _given() -> str:
    """The password that was sent, empty if there is none."""
    sent = request.authorization
    return (sent.password or "") if sent is not None and sent.type == "basic" else ""


def _is(password: str, given: str) -> bool:
    """Whether a password is the right one, in a time that tells nothing of how much of it is."""
    wanted, found = (sha256(text.encode()).digest() for text in (password, given))
    return hmac.compare_digest(wanted, found)
