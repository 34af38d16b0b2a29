"""Services whose endpoints end as a test says, and a clock to go there."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from shim.config import parse
from shim.crypto import BearerToken
from shim.services import discover
from shim.services.backend import Backend
from shim.services.dispatch import build
from shim.services.hooks import Hooks
from shim.sunset.brownouts import Ends
from shim.sunset.headers import Announcements
from shim.sunset.pauses import Pauses
from shim.upstream import Local
from tests.conftest import WEBHOOK_KEY

SERVICES = "[git.sr.ht]\norigin = https://git.example.org\n[todo.sr.ht]\norigin = https://todo.example.org\n"


def at(*parts: int) -> float:
    """A time in UTC as Unix seconds."""
    return datetime(*parts, tzinfo=timezone.utc).timestamp()  # type: ignore[arg-type, misc]


class Clock:
    """Stands where it is put."""

    def __init__(self, *parts: int) -> None:
        self.now = at(*parts)

    def __call__(self) -> float:
        return self.now

    def set(self, *parts: int) -> None:
        """Go to a time."""
        self.now = at(*parts)


def backends(text: str = "", services: str = SERVICES) -> dict[str, Backend]:
    """The services of a configuration, with more in it."""
    config = parse(services + text, "the test's")
    return {s.name: Backend.build(s, config, Local()) for s in discover() if s.name in config.services}


def endpoint(backend: Backend, slug: str) -> Any:
    """One of a service's endpoints."""
    return next(endpoint for endpoint in backend.service if endpoint.slug == slug)


def client(backend: Backend, clock: Clock, pauses: Pauses | None = None) -> Any:
    """A test client of a service whose endpoints end."""
    hooks = Hooks(headers=Announcements(backend, clock), admit=Ends(backend, pauses or Pauses(), clock).admit)
    return build(backend, hooks).test_client()


def authorized(name: str = "ann") -> dict[str, str]:
    """The header with which somebody asks."""
    return {"Authorization": f"token {BearerToken(4102444800, '', '', name).mint(WEBHOOK_KEY)}"}
