"""How values of settings are read: each takes the text behind a key, and raises ValueError with what is wrong."""

from __future__ import annotations

import base64
import configparser
import ipaddress
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

DAY = 86400.0
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def text(value: str) -> str:
    """Any text."""
    return value


def origin(value: str) -> str:
    """An absolute http or https URL without a trailing slash, of host, port and path alone."""
    parts = urlsplit(value)
    if parts.username is not None:
        raise ValueError("holds a user name, which would be sent in place of the callers' authorization")
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", value):
        raise ValueError(f"{value!r} is no http or https origin")
    if re.search(r"[^!-~]|[\"<>\\^`{|}]", value):
        raise ValueError(f"{value!r} holds a character that a URL writes otherwise (xn--... in a host, %41 in a path)")
    if "?" in value or "#" in value or parts.port == 0:
        raise ValueError(f"{value!r} is more than scheme, host, port and path")
    return value.rstrip("/")


def runner_url(value: str) -> str:
    """Where a build runner serves logs: an origin in which `{runner}` stands for the runner's host."""
    origin(value.replace("{runner}", "runner.example.org"))
    return value.rstrip("/")


def network_key(value: str) -> str:
    """A Fernet key."""
    try:
        Fernet(value)
    except ValueError as error:
        raise ValueError("is no Fernet key (URL-safe base64 of 32 bytes)") from error
    return value


def network_keys(value: str) -> tuple[str, ...]:
    """Comma-separated Fernet keys, at least one."""
    return tuple(network_key(part.strip()) for part in value.split(","))


def signing_key(value: str) -> str:
    """An Ed25519 key, public or the seed of a private one."""
    try:
        length = len(base64.b64decode(value, validate=True))
    except ValueError:
        length = 0
    if length != 32:
        raise ValueError("is not base64 of 32 bytes")
    return value


def signing_keys(value: str) -> tuple[str, ...]:
    """Comma-separated seeds of Ed25519 keys, or `instance` for the instance's own."""
    return tuple(key if key == "instance" else signing_key(key) for key in map(str.strip, value.split(",")))


def switch(value: str) -> bool:
    """yes or no, in the spellings of ini files."""
    try:
        return configparser.ConfigParser.BOOLEAN_STATES[value.lower()]
    except KeyError:
        raise ValueError(f"{value!r} is neither yes nor no") from None


def number(value: str) -> int:
    """A positive whole number."""
    if not value.isdecimal() or int(value) < 1:
        raise ValueError(f"{value!r} is no positive whole number")
    return int(value)


def seconds(value: str) -> float:
    """A duration of at most a day as Go writes it (`3s`, `1m30s`, `500ms`) or in plain seconds."""
    units = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}
    if not re.fullmatch(r"(\d+(\.\d+)?(ms|s|m|h))+|\d+(\.\d+)?", value):
        raise ValueError(f"{value!r} is no duration")
    total = sum(float(n) * units[unit] for n, _, unit in re.findall(r"(\d+(\.\d+)?)(ms|s|m|h|)", value))
    if not 0 < total <= DAY:
        raise ValueError(f"{value!r} is not between 0 and a day")
    return total


def size(value: str) -> int:
    """A number of bytes of at most a terabyte, plain or with a unit (`32M`, `512KiB`)."""
    match = re.fullmatch(r"(\d{1,13})\s*(?:([kKmMgG])(?:i?B)?)?", value, re.ASCII)
    if not match:
        raise ValueError(f"{value!r} is no size")
    total = int(match[1]) << 10 * " kmg".index((match[2] or " ").lower())
    if not 0 < total <= 2**40:
        raise ValueError(f"{value!r} is not between 1 and a terabyte")
    return total


def networks(value: str) -> tuple[Network, ...]:
    """Comma-separated IP networks; empty means none. IPv4 networks that are written as IPv6 count as what they are."""
    return tuple(_plain(ipaddress.ip_network(part.strip(), strict=False)) for part in value.split(",") if part.strip())


def _plain(network: Network) -> Network:
    mapped = network.network_address.ipv4_mapped if isinstance(network, ipaddress.IPv6Network) else None
    return ipaddress.IPv4Network((mapped, network.prefixlen - 96)) if mapped and network.prefixlen >= 96 else network


_HOST = r"(?:\[[0-9a-fA-F:.%]*\]|[^\s:@/?#,\[\]]*)(?::\d*)?"
_POSTGRES = re.compile(
    rf"postgres(?:ql)?://(?:[^\s:@/?#]*(?::[^\s:@/?#]*)?@)?{_HOST}(?:,{_HOST})*(?:/[^\s@?#]*)?(?:\?[^\s#]*)?"
)


def store_url(value: str) -> str:
    """The URL of a database: `sqlite:///PATH`, so that an absolute path begins at a fourth slash, or `postgresql://`.

    What is wrong is not quoted: it may hold a password.
    """
    path = value.removeprefix("sqlite:///")
    if path != value and path.strip("/") and "\0" not in path and not path.startswith(":memory:"):
        return value
    if value.startswith("sqlite:"):
        raise ValueError("names no file")
    if not _POSTGRES.fullmatch(value):
        problem = "is a postgresql:// URL with a character that must be percent-encoded, or a port that is no number"
        raise ValueError(problem if value.startswith("postgres") else "is neither a sqlite:/// nor a postgresql:// URL")
    return value


def store(value: str) -> str | None:
    """The URL of the store, or None for `none`."""
    return None if value == "none" else store_url(value)


def choice(*allowed: str) -> Callable[[str], str]:
    """One of the given words."""

    def parse(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
        return value

    return parse
