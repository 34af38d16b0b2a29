"""The configuration of the instance that the recordings are replayed against (conventions 11)."""

from __future__ import annotations

from collections.abc import Mapping
from configparser import RawConfigParser
from io import StringIO
from pathlib import Path

from shim.compare.stand.credentials import Keys
from shim.sandbox.instance import check_keys, played
from shim.settings import read_ini, read_text

_ORIGINS = ("api-internal-origin", "api-origin", "internal-origin", "origin")


class Instance:
    """An instance's `config.ini`: that of a running one, or the sandbox's with a fixtures root's own over it."""

    def __init__(self, root: Path, upstream: Path | None = None) -> None:
        """Read `upstream`, or what goes with `root`. Raises ConfigError, also for secrets that can't be any."""
        self._ini = RawConfigParser(strict=False)
        self._secret = upstream is not None
        if upstream:
            read_ini(self._ini, read_text(upstream), str(upstream))
        else:
            played(self._ini, root)
        check_keys(self._ini, str(upstream or root / "config.ini"))

    def keys(self, service: str) -> Keys:
        """What credentials for a service are made with."""
        return Keys(
            self._ini.get("sr.ht", "network-key"),
            self._ini.get("webhooks", "private-key"),
            self._ini.get(f"{service}.sr.ht", "oauth-client-id", fallback=""),
            self._ini.get("sr.ht", "owner-email", fallback=""),
            self._secret,
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
