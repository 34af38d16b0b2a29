"""The instance that the sandbox plays: its keys, addresses and settings (conventions 11)."""

from __future__ import annotations

import base64
from configparser import ConfigParser
from importlib import resources
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Instance:
    """Reads `instance.ini` of this package and, over it, `config.ini` of a fixtures root."""

    def __init__(self, root: Path | None = None) -> None:
        """Raises configparser.Error when `<root>/config.ini` is no INI file."""
        self._values = ConfigParser(interpolation=None)
        self._values.read_string(resources.files(__package__).joinpath("instance.ini").read_text("utf-8"))
        if root is not None:
            self._values.read(root / "config.ini", "utf-8")

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

    def origins(self, service: str) -> set[str]:
        """The addresses under which `service` (as in `git.sr.ht`) knows itself."""
        values = (self.get(service, key) for key in ("origin", "internal-origin"))
        return {value.rstrip("/") for value in values if value}
