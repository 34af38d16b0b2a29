"""The application: every configured service behind one front."""

from __future__ import annotations

from shim import logs
from shim.front import Front, Shares
from shim.services import discover
from shim.services.backend import Backend
from shim.services.dispatch import build
from shim.services.hooks import Hooks
from shim.settings import Config
from shim.sunset.brownouts import Ends
from shim.sunset.headers import Announcements
from shim.sunset.pauses import Pauses
from shim.upstream import Gate, Local


def create_app(config: Config, gate: Gate | None = None, threads: int | None = None) -> Front:
    """The WSGI app that answers the legacy APIs of all services in the configuration.

    Its calls pass the gate, by default one of this process alone. Given how many `threads` serve it, no service takes
    them all.
    """
    logs.configure()
    gate = gate or Local()
    pauses = Pauses()
    backends = [Backend.build(s, config, gate) for s in discover() if s.name in config.services]
    apps = {backend.service.name: build(backend, _hooks(backend, pauses)) for backend in backends}
    if threads is not None and len(apps) > 1:
        shares = Shares(threads)
        for name, app in apps.items():
            app.wsgi_app = shares.around(name, app.wsgi_app)  # type: ignore[method-assign, assignment]
    return Front(apps, {name: service.origin for name, service in config.services.items()})


def _hooks(backend: Backend, pauses: Pauses) -> Hooks:
    """What others do about the calls of a service."""
    return Hooks(headers=Announcements(backend), admit=Ends(backend, pauses).admit)
