"""What the pages tell of."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flask import Flask, current_app

from shim.rest.endpoint import Endpoint
from shim.services.backend import Backend
from shim.settings import Config
from shim.store import Store

_KEY = "shim.site"


@dataclass(frozen=True)
class Site:
    """The configuration, the services by name, and the store, None where it is turned off; `now` in Unix seconds."""

    config: Config
    backends: Mapping[str, Backend]
    store: Store | None = None
    now: Callable[[], float] = time.time

    def __iter__(self) -> Iterator[tuple[Backend, Endpoint]]:
        """All endpoints, service by service, in order of declaration."""
        return ((backend, endpoint) for backend in self.backends.values() for endpoint in backend.service)

    def find(self, service: str, slug: str) -> tuple[Backend, Endpoint] | None:
        """An endpoint by its service and slug."""
        found = ((b, e) for b, e in self if (b.service.name, e.slug) == (service, slug))
        return next(found, None)


def install(app: Flask, site: Site) -> None:
    """Let the pages of an app know their site."""
    app.extensions[_KEY] = site


def here() -> Site:
    """The site of the page that is being made."""
    site: Site = current_app.extensions[_KEY]
    return site
