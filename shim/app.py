"""The application: every configured service behind one front."""

from __future__ import annotations

from flask import Flask

from shim import logs, metrics
from shim.front import Front, Shares
from shim.services import discover
from shim.services.backend import Backend
from shim.services.dispatch import build
from shim.services.hooks import Hooks
from shim.settings import Config
from shim.upstream import Gate, Local


def create_app(config: Config, gate: Gate | None = None, threads: int | None = None) -> Front:
    """The WSGI app that answers the legacy APIs of all services in the configuration.

    Its calls pass the gate, by default one of this process alone. Given how many `threads` serve it, no service takes
    them all.
    """
    logs.configure()
    gate = gate or Local()
    backends = [Backend.build(s, config, gate) for s in discover() if s.name in config.services]
    meter = metrics.Meter({backend.service.name: backend for backend in backends})
    apps = {backend.service.name: build(backend, Hooks(observers=(meter.observe,))) for backend in backends}
    if threads is not None and len(apps) > 1:
        shares = Shares(threads, meter.busy)
        for name, app in apps.items():
            app.wsgi_app = shares.around(name, app.wsgi_app)  # type: ignore[method-assign, assignment]
    own = Flask("shim.own", static_folder=None)
    own.register_blueprint(metrics.blueprint(meter, config))
    return Front(apps, {name: service.origin for name, service in config.services.items()}, own)
