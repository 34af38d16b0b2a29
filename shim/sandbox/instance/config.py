"""The instance that the sandbox plays: its keys, addresses and settings (conventions 11)."""

from __future__ import annotations

import base64
from configparser import RawConfigParser
from importlib import resources
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shim.parsers import network_key, signing_key
from shim.settings import ConfigError, read_ini, read_text

_KEYS = (("sr.ht", "network-key", network_key), ("webhooks", "private-key", signing_key))


def played(ini: RawConfigParser, root: Path | None) -> None:
    """Read into `ini` what the sandbox is configured with: its own file, then a fixtures root's `config.ini`.

    Raises ConfigError.
    """
    own = resources.files(__package__).joinpath("instance.ini")
    read_ini(ini, own.read_text("utf-8"), "instance.ini")
    if root is not None and (root / "config.ini").exists():
        read_ini(ini, read_text(root / "config.ini"), str(root / "config.ini"))


def check_keys(ini: RawConfigParser, source: str) -> None:
    """Raises ConfigError for a secret that is missing or can't be one."""
    for section, key, check in _KEYS:
        value = ini.get(section, key, fallback="")
        if not value:
            raise ConfigError.of(source, section, key, "is needed to make credentials")
        try:
            check(value)
        except ValueError as error:
            raise ConfigError.of(source, section, key, str(error)) from None


class Instance:
    """Reads `instance.ini` of this package and, over it, `config.ini` of a fixtures root."""

    def __init__(self, root: Path | None = None) -> None:
        """Raises ConfigError for a `<root>/config.ini` that can't be used."""
        self._values = RawConfigParser(strict=False)
        played(self._values, root)
        check_keys(self._values, str(root and root / "config.ini"))

    def get(self, section: str, key: str, default: str = "") -> str:
        """One value; `default` where the section or the key is missing."""
        return self._values.get(section, key, fallback=default)

    @property
    def network_key(self) -> str:
        """Seals cursors, login cookies and internal authorizations (URL-safe base64 of 32 bytes)."""
        return self.get("sr.ht", "network-key")

    @property
    def private_key(self) -> str:
        """Signs webhooks and, by derivation, bearer tokens (base64 of the 32-byte seed)."""
        return self.get("webhooks", "private-key")

    def sign(self, message: bytes) -> str:
        """The webhook signature of `message`: padded standard base64 (conventions 8.3)."""
        key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(self.private_key))
        return base64.b64encode(key.sign(message)).decode()
