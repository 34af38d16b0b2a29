"""Which addresses a target may have: public ones, and those in networks that the operator allows.

Who subscribes chooses where the shim connects to, and the shim stands where it reaches more than they do. What is
public, requests-hardened says. It knows neither allowed networks nor a bound in time, takes the first address alone
and some reserved ones of IPv6 for public: those parts are here.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from contextlib import suppress

import requests
from requests_hardened.ip_filter import filter_host  # type: ignore[import-untyped]
from urllib3.util.connection import allowed_gai_family

from shim.parsers import Address, Network

Lookup = Callable[[str, int], Iterable[str]]
"""The addresses of a host, as texts. Raises OSError."""
LOOKUPS = 16
"""How many may run at once in a process: the system's can hang for longer than anybody waits for them."""
_GLOBAL = ipaddress.IPv6Network("2000::/3")
"""All that is given out for hosts; beside it are addresses that stand for those of IPv4, or never leave a site."""
logging.getLogger("requests_hardened.ip_filter").setLevel(logging.ERROR)  # a refusal is told in the outcome


class Unresolved(Exception):
    """A host whose addresses can't be had."""


class Resolver:
    """Looks hosts up, each time anew, in threads that nobody waits for longer than for the delivery."""

    def __init__(self, lookup: Lookup | None = None, most: int = LOOKUPS) -> None:
        self._lookup = lookup or _system
        self._turns = threading.BoundedSemaphore(most)

    def addresses(self, host: str, port: int, seconds: float) -> list[Address]:
        """The addresses of a host within so many seconds, each once; an address is its own and waits for no turn.
        Raises Unresolved."""
        with suppress(ValueError):
            return [ipaddress.ip_address(host)]
        if not self._turns.acquire(timeout=max(0.0, seconds)):
            raise Unresolved
        found: Future[list[Address]] = Future()
        thread = threading.Thread(target=self._find, args=(host, port, found), name="lookup", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the machine has no thread left
            self._turns.release()
            raise Unresolved from None
        try:
            return found.result(max(0.0, seconds))
        except (Late, OSError, ValueError):
            raise Unresolved from None

    def _find(self, host: str, port: int, found: Future[list[Address]]) -> None:
        try:
            found.set_result(list(dict.fromkeys(ipaddress.ip_address(text) for text in self._lookup(host, port))))
        except Exception as error:
            found.set_exception(error)
        finally:
            self._turns.release()


def allowed(address: Address, networks: Sequence[Network] = ()) -> bool:
    """Whether a target may have an address. One of IPv4 that is written as IPv6 counts as what it is."""
    plain = unmapped(address)
    return any(plain in network for network in networks) or _is_public(plain)


def unmapped(address: Address) -> Address:
    """An address without the form in which IPv6 writes those of IPv4."""
    return getattr(address, "ipv4_mapped", None) or address


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL:
        return False
    try:
        filter_host(str(address), 0, allow_loopback=False)
    except requests.RequestException:
        return False
    return True


def _system(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, family=allowed_gai_family(), type=socket.SOCK_STREAM)
    return [str(info[4][0]) for info in found]
