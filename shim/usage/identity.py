"""Whose call it was: a name only where the credential was proven, in the form in which the operator wants it kept."""

from __future__ import annotations

import re
from collections import OrderedDict

from shim import crypto
from shim.services.hooks import Exchange
from shim.settings import Config
from shim.usage.report import UNKNOWN

UNVERIFIED, NONE = "unverified", "none"
HASHED = "hash:"
_PURPOSE = "usage-identity"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
_HASH = re.compile(rf"{HASHED}[0-9a-f]{{32}}")
_MOST_PROVEN = 10_000


class Identity:
    """How users' names are kept: `kept` is `name`, `hash` (under a key that is the instance's alone) or `none`."""

    def __init__(self, kept: str, network_key: str | None) -> None:
        if kept == "hash" and not network_key:
            raise ValueError("hashed names need a network key")
        self._kept = kept
        self._key = crypto.derived(network_key, _PURPOSE) if network_key else b""

    @classmethod
    def of(cls, config: Config) -> Identity:
        """The one that is configured."""
        return cls(config.usage_identity, config.network_key)

    def stored(self, name: str) -> str:
        """How a user is called in the store; '' for what can be no user's name."""
        if self._kept == "none" or not _NAME.fullmatch(name):
            return UNKNOWN
        return self.hashed(name) if self._kept == "hash" else name

    def hashed(self, name: str) -> str:
        """A keyed hash of a name, `hash:` and 32 hexadecimal digits."""
        return HASHED + crypto.fingerprint(self._key, name)

    def forms(self, name: str) -> tuple[str, ...]:
        """All the ways in which a user may have been stored, whatever was configured then."""
        plain = name.removeprefix("~")
        hashes = (self.hashed(plain),) if self._key and not plain.startswith(HASHED) else ()
        return (plain, *hashes)


def is_user(name: str) -> bool:
    """Whether a single user may have been stored under a name, with or without `~`, or a hash."""
    return bool(_NAME.fullmatch(name.removeprefix("~")) or _HASH.fullmatch(name))


class Proofs:
    """Tells whose credential was proven: in this call, or lately in this process. For one thread.

    What a token says of itself proves nothing; a forged one has another fingerprint than its user's own.
    """

    def __init__(self, most: int = _MOST_PROVEN) -> None:
        self._most = most
        self._proven: OrderedDict[str, None] = OrderedDict()

    def kind(self, exchange: Exchange) -> str:
        """`token`, `bearer` or `internal` of a proven credential, `unverified`, or `none` where none was sent."""
        if not exchange.scheme:
            return NONE
        return exchange.scheme.lower() if self._is_proven(exchange) else UNVERIFIED

    def _is_proven(self, exchange: Exchange) -> bool:
        """The network key has opened what names an internal caller."""
        if exchange.accepted or exchange.verified:
            self._remember(exchange.fingerprint)
            return True
        known = bool(exchange.fingerprint) and exchange.fingerprint in self._proven
        return known or (exchange.scheme == "Internal" and exchange.caller is not None)

    def _remember(self, fingerprint: str) -> None:
        self._proven[fingerprint] = None
        self._proven.move_to_end(fingerprint)
        if len(self._proven) > self._most:
            self._proven.popitem(last=False)
