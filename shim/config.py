"""Reads the configuration: the instance's own `config.ini`, then `[shim]`, then `SHIM_*` (design D11)."""

from __future__ import annotations

import configparser
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from shim.lifecycle import Lifecycle
from shim.services import discover
from shim.services.service import Service
from shim.settings import (
    INSTANCE,
    LIFECYCLE,
    SERVICE,
    Config,
    ConfigError,
    ServiceConfig,
    Setting,
    Value,
    read_ini,
    read_text,
)

METHODS = ("get-", "post-", "put-", "delete-")
SEARCHED = (Path("config.ini"), Path("/etc/sr.ht/config.ini"))


class _Reader:
    """Reads settings out of one ini file and the environment, noting where each came from."""

    def __init__(self, ini: configparser.RawConfigParser, source: str, environ: Mapping[str, str]) -> None:
        self.ini, self.source, self.environ = ini, source, environ
        self.values: list[Value] = []

    def read(self, setting: Setting, service: str = "") -> Any:
        return self._parsed(setting, *self._find(setting, service))

    def of_section(self, setting: Setting, section: str) -> Any:
        """A setting as one section has it, None where it says nothing."""
        key = setting.places[0][1]
        raw = self.ini.get(section, key, fallback="")
        return self._parsed(setting, section, key, raw, self.source) if raw else None

    def _parsed(self, setting: Setting, section: str, key: str, raw: str | None, source: str) -> Any:
        value = setting.default
        if raw is not None:
            try:
                value = setting.parse(raw)
            except ValueError as error:
                raise ConfigError.of(source, section, key, str(error), setting.example) from None
        shown = "(secret)" if raw and setting.hides(raw) else _shown(value) if raw is None else raw
        self.values.append(Value(section, key, shown, source))
        return value

    def _find(self, setting: Setting, service: str) -> tuple[str, str, str | None, str]:
        places = [(s.format(f"{service}.sr.ht"), key) for s, key in setting.places]
        for variable in setting.variables(service):
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
    services = {s.name: _service(reader, s) for s in discover() if reader.has(s.name)}
    if not services:
        raise ConfigError.of(source, "git.sr.ht", "origin", "no service has an origin", "https://git.example.org")
    if instance["paging"] == "sealed" and not instance["network_key"]:
        raise ConfigError.of(source, "shim", "paging", "sealed cursors need [sr.ht] network-key", "auto")
    if instance["usage_identity"] == "hash" and not instance["network_key"]:
        raise ConfigError.of(source, "shim", "usage-identity", "hashed names need [sr.ht] network-key", "none")
    if "instance" in instance["webhook_signing_key"] and not instance["private_key"]:
        problem = "the instance's key is not there: it needs [webhooks] private-key"
        raise ConfigError.of(source, "shim", "webhook-signing-key", problem)
    unknown = tuple(f"{source}: {problem}" for problem in _unknown(ini))
    return Config(services=services, values=tuple(reader.values), unknown=unknown, **instance)


def _unknown(ini: configparser.RawConfigParser) -> Iterator[str]:
    """The keys of [shim] and of endpoints' sections, which are nobody else's, that mean nothing."""
    settings = (*INSTANCE, *SERVICE, *LIFECYCLE, *(setting for service in discover() for setting in service.settings))
    yield from _odd_keys(ini, "shim", [key for s in settings for section, key in s.places if section == "shim"])
    slugs = {service.name: [endpoint.slug for endpoint in service] for service in discover()}
    for section in ini.sections():
        name, _, slug = section.partition(".sr.ht::")
        if name not in slugs or not slug.startswith(METHODS):
            continue
        if slug not in slugs[name]:
            yield f"[{section}]: there is no such endpoint" + _meant(slug, slugs[name])
        yield from _odd_keys(ini, section, [setting.name for setting in LIFECYCLE])


def _odd_keys(ini: configparser.RawConfigParser, section: str, known: list[str]) -> Iterator[str]:
    for key in ini[section] if ini.has_section(section) else ():
        if key not in (*known, *ini.defaults()):
            yield f"[{section}] {key}: there is no such setting" + _meant(key, known)


def _meant(word: str, known: list[str]) -> str:
    like = get_close_matches(word, known, 1)
    return f"; is {like[0]} meant?" if like else ""


def _shown(default: Any) -> str:
    """A default as it would be written."""
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, tuple):
        return ", ".join(map(str, default))
    return f"{default:g}s" if isinstance(default, float) else str(default or "")


def _service(reader: _Reader, service: Service) -> ServiceConfig:
    values = {s.name: reader.read(s, service.name) for s in SERVICE}
    values["origin"] = values["origin"] or values["api_origin"]
    return ServiceConfig(
        name=service.name,
        options={s.name: reader.read(s, service.name) for s in service.settings},
        lifecycle=Lifecycle(**{s.name: reader.read(s, service.name) for s in LIFECYCLE}),
        endpoints={endpoint.slug: _endpoint(reader, service.name, endpoint.slug) for endpoint in service},
        **values,
    )


def _endpoint(reader: _Reader, service: str, slug: str) -> Lifecycle:
    return Lifecycle(**{s.name: reader.of_section(s, f"{service}.sr.ht::{slug}") for s in LIFECYCLE})


def find(path: str | None, environ: Mapping[str, str]) -> Path:
    """The configuration file to read: the given one, SHIM_CONFIG, or the first of the usual places."""
    if path or environ.get("SHIM_CONFIG"):
        return Path(path or environ["SHIM_CONFIG"])
    for candidate in SEARCHED:
        if candidate.is_file():
            return candidate
    raise ConfigError(f"there is no {' and no '.join(map(str, SEARCHED))}: name a file by --config or SHIM_CONFIG")


def load(path: str | None, environ: Mapping[str, str]) -> Config:
    """Find and read the configuration. Raises ConfigError."""
    file = find(path, environ)
    return parse(read_text(file), str(file), environ)
