"""The services that the sandbox plays: each a folder with its schema, its rows and its resolvers."""

from __future__ import annotations

from importlib import import_module, resources
from pkgutil import iter_modules

from shim.sandbox.services.service import Service


def available() -> list[str]:
    """The services that the sandbox can play: the packages in this one that hold a schema."""
    names = (module.name for module in iter_modules(__path__) if module.ispkg)
    return sorted(n for n in names if resources.files(f"{__name__}.{n}").joinpath("schema.graphqls").is_file())


def load(name: str) -> type[Service]:
    """The class of one of them."""
    return import_module(f"{__name__}.{name}").SERVICE  # type: ignore[no-any-return]
