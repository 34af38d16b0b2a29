"""Who is at the other end: the address of the connection, or what a trusted proxy says in its place.

Proxies append the address they were called from to `X-Forwarded-For` or to `Forwarded` (RFC 7239). Whatever stands
before the entries of trusted proxies may have been made up by the client.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shim.parsers import Address, Network

_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED")
_SIGNS = (*_HEADERS, "HTTP_X_REAL_IP")
_LONGEST = 2000
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([\d.]+):\d+")


def peer_of(environ: Mapping[str, Any], proxies: Sequence[Network]) -> Address | None:
    """The address that calls, None where nothing about it can be believed.

    Behind trusted proxies it is the rightmost that is none of them, or the leftmost if all are. Without a header a
    proxy speaks for itself. A header from anybody else, or one that can't be read, makes it unknown.
    """
    direct = address(environ.get("REMOTE_ADDR", ""))
    signs = [name for name in _SIGNS if name in environ]
    if direct is None or not signs:
        return direct
    named = [name for name in _HEADERS if name in signs]
    if not is_within(direct, proxies) or len(named) != 1:
        return None
    return _farthest(str(environ[named[0]]), named[0] == "HTTP_FORWARDED", proxies)


def address(text: str) -> Address | None:
    """An IP address, with or without a port; an IPv4 address that is written as IPv6 counts as what it is.

    The name of an interface behind an address (`fe80::1%eth0`) is left out: it says nothing elsewhere, may be any text,
    and no database takes it.
    """
    if match := _WITH_PORT.fullmatch(text):
        text = match[1] or match[2] or ""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        return found.ipv4_mapped or ipaddress.IPv6Address(int(found))
    return found


def is_within(found: Address | None, networks: Sequence[Network]) -> bool:
    """Whether an address is in one of some networks."""
    return found is not None and any(found.version == n.version and found in n for n in networks)


def _farthest(header: str, forwarded: bool, proxies: Sequence[Network]) -> Address | None:
    """The address that the nearest proxies vouch for."""
    if len(header) > _LONGEST:
        return None
    found = None
    for entry in reversed(header.split(",")):
        found = address(next(_for(entry), "") if forwarded else entry.strip(" \t"))
        if not is_within(found, proxies):
            break
    return found


def _for(entry: str) -> Iterator[str]:
    """What `for=` says in one entry of `Forwarded`."""
    for pair in entry.split(";"):
        name, _, value = pair.strip(" \t").partition("=")
        if name.lower() == "for":
            yield value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
