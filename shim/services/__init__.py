"""The services: each a folder that declares its endpoints, operations, resources and settings.

Every package below this one that has a `service` is a service; nothing else needs to know of a new one.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from shim.services.service import Service


@cache
def discover() -> tuple[Service, ...]:
    """Every service there is, by name."""
    names = (module.name for module in iter_modules(__path__) if module.ispkg)
    packages = [import_module(f"{__name__}.{name}") for name in sorted(names)]
    return tuple(package.service for package in packages)
