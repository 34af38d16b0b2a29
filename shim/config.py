"""Reads the configuration: the instance's own `config.ini`, then `[shim]`, then `SHIM_*` (design D11)."""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shim.services import discover
from shim.settings import INSTANCE, SERVICE, Config, ConfigError, ServiceConfig, Setting, Value, read_ini, read_text

SEARCHED = (Path("config.ini"), Path("/etc/sr.ht/config.ini"))


class _Reader:
    """Reads settings out of one ini file and the environment, noting where each came from."""

    def __init__(self, ini: configparser.RawConfigParser, source: str, environ: Mapping[str, str]) -> None:
        self.ini, self.source, self.environ = ini, source, environ
        self.values: list[Value] = []

    def read(self, setting: Setting, service: str = "") -> Any:
        section, key, raw, source = self._find(setting, service)
        value = setting.default
        if raw is not None:
            try:
                value = setting.parse(raw)
            except ValueError as error:
                raise ConfigError.of(source, section, key, str(error), setting.example) from None
        shown = "(secret)" if setting.secret and raw else "" if raw is None and value is None else str(raw or value)
        self.values.append(Value(section, key, shown, source))
        return value

    def _find(self, setting: Setting, service: str) -> tuple[str, str, str | None, str]:
        places = [(s.format(f"{service}.sr.ht"), key) for s, key in setting.places]
        variable = setting.variable(service)
        if self.environ.get(variable):
            return (*places[0], self.environ[variable], variable)
        for section, key in places:
            if self.ini.get(section, key, fallback=""):
                return section, key, self.ini.get(section, key), self.source
        return (*places[0], None, "default")

    def has(self, service: str) -> bool:
        section = f"{service}.sr.ht"
        named = any(self.ini.get(section, key, fallback="") for key in ("origin", "api-origin"))
        return named or bool(self.environ.get(f"SHIM_{service.upper()}_API_ORIGIN"))


def parse(source_text: str, source: str, environ: Mapping[str, str] | None = None) -> Config:
    """Read a configuration from the text of a `config.ini`. Raises ConfigError."""
    ini = configparser.RawConfigParser(strict=False)
    read_ini(ini, source_text, source)
    reader = _Reader(ini, source, environ or {})
    instance = {s.name: reader.read(s) for s in INSTANCE}
    services = {s.name: _service(reader, s.name, s.settings) for s in discover() if reader.has(s.name)}
    if not services:
        raise ConfigError.of(source, "git.sr.ht", "origin", "no service has an origin", "https://git.example.org")
    if instance["paging"] == "sealed" and not instance["network_key"]:
        raise ConfigError.of(source, "shim", "paging", "sealed cursors need [sr.ht] network-key", "auto")
    return Config(services=services, values=tuple(reader.values), **instance)


def _service(reader: _Reader, name: str, own: tuple[Setting, ...]) -> ServiceConfig:
    values = {s.name: reader.read(s, name) for s in SERVICE}
    values["origin"] = values["origin"] or values["api_origin"]
    return ServiceConfig(name=name, options={s.name: reader.read(s, name) for s in own}, **values)


def find(path: str | None, environ: Mapping[str, str]) -> Path:
    """The configuration file to read: the given one, SHIM_CONFIG, or the first of the usual places."""
    if path or environ.get("SHIM_CONFIG"):
        return Path(path or environ["SHIM_CONFIG"])
    for candidate in SEARCHED:
        if candidate.is_file():
            return candidate
    places = ", ".join(map(str, SEARCHED))
    raise ConfigError.of(places, "git.sr.ht", "origin", "no configuration file found", "https://git.example.org")


def load(path: str | None, environ: Mapping[str, str]) -> Config:
    """Find and read the configuration. Raises ConfigError."""
    file = find(path, environ)
    return parse(read_text(file), str(file), environ)
