"""The configuration of the instance that the recordings are replayed against (conventions 11)."""

from __future__ import annotations

from collections.abc import Mapping
from configparser import Error as ConfigParserError
from configparser import RawConfigParser
from importlib import resources
from io import StringIO
from pathlib import Path

from shim.compare.credentials import Keys

_ORIGINS = ("api-internal-origin", "api-origin", "internal-origin", "origin")


class InstanceError(ValueError):
    """A configuration that cannot be read or lacks a secret; the text is for the operator."""


class Instance:
    """An instance's `config.ini`: that of a running one, or the sandbox's with a fixtures root's own over it."""

    def __init__(self, root: Path, upstream: Path | None = None) -> None:
        """Read `upstream`, or what goes with `root`. Raises InstanceError."""
        self._path = upstream or root / "config.ini"
        self._ini = RawConfigParser(strict=False)
        try:
            if upstream is None:
                self._ini.read_string(resources.files("shim.sandbox").joinpath("instance.ini").read_text("utf-8"))
            if upstream or self._path.exists():
                self._ini.read_string(self._path.read_text("utf-8"), self._path.name)
        except (OSError, UnicodeDecodeError, ConfigParserError) as error:
            raise InstanceError(f"{self._path}: {' '.join(str(error).split())}") from error

    def keys(self, service: str) -> Keys:
        """What credentials for a service are made with. Raises InstanceError."""
        return Keys(
            self._secret("sr.ht", "network-key"),
            self._secret("webhooks", "private-key"),
            self._ini.get(f"{service}.sr.ht", "oauth-client-id", fallback=""),
            self._ini.get("sr.ht", "owner-email", fallback=""),
        )

    def api_origin(self, service: str) -> str:
        """The address of a service's GraphQL server, or an empty text."""
        values = (self._ini.get(f"{service}.sr.ht", key, fallback="") for key in _ORIGINS)
        return next(filter(None, values), "")

    def text(self, changed: Mapping[tuple[str, str], str]) -> str:
        """The configuration with other values under some (section, key)."""
        ini = RawConfigParser(strict=False)
        ini.read_dict(self._ini)
        for (section, key), value in changed.items():
            if not ini.has_section(section):
                ini.add_section(section)
            ini.set(section, key, value)
        written = StringIO()
        ini.write(written)
        return written.getvalue()

    def _secret(self, section: str, key: str) -> str:
        value = self._ini.get(section, key, fallback="")
        if not value:
            raise InstanceError(f"{self._path}: [{section}] {key} is needed to make credentials")
        return value
