"""The application: every configured service behind one front."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import Flask

from shim import logs, metrics, pages, webhooks
from shim.front import Front, Shares
from shim.guide.explain import explain
from shim.pages import Site
from shim.services import discover
from shim.services.backend import Backend
from shim.services.call import Call
from shim.services.dispatch import build
from shim.services.hooks import Exchange, Hooks
from shim.settings import Config
from shim.store import Store
from shim.store.chores import Chores
from shim.store.notes import StoredNotes
from shim.sunset.brownouts import Ends
from shim.sunset.headers import Announcements
from shim.sunset.links import address
from shim.sunset.pauses import INTERVAL, Pauses
from shim.upstream import Gate, Local
from shim.usage.recorder import Recorder
from shim.webhooks.assembly import Assembly

Observers = tuple[Callable[[Exchange], None], ...]


def create_app(
    config: Config,
    gate: Gate | None = None,
    threads: int | None = None,
    store: Store | None = None,
    post: webhooks.Post | None = None,
) -> Front:
    """The WSGI app that answers the legacy APIs of all services in the configuration.

    Its calls pass the gate, by default one of this process alone. Given how many `threads` serve it, no service takes
    them all, nor do the shim's own pages. Given a store, calls are counted in it, by a thread that begins with the
    first of them or `begin()`. `post` sends webhooks to their targets, by default over the net.
    """
    logs.configure()
    gate, chores, pauses = gate or Local(), Chores(), Pauses(store)

    def received(service: str, result: webhooks.Result) -> None:
        meter.arrived(service, result.value)

    services = [service for service in discover() if service.name in config.services]
    bridged = Assembly.of(config, services, store, chores, received, post)
    notes = StoredNotes(store) if store else None
    backends = {s.name: Backend.build(s, config, gate, bridged.bridge, notes) for s in services}
    meter = metrics.Meter(backends, lambda service: pauses.spare(service, time.time()))
    observers: Observers = (meter.observe,)
    if store:
        chores.every(INTERVAL, pauses.refresh, "pauses")
        observers += (_recorder(config, store, chores, meter).observe,)
    apps = {name: build(backend, _hooks(backend, pauses, observers)) for name, backend in backends.items()}
    receiving = [webhooks.blueprint(bridged.receiver, received)] if bridged.receiver else []
    own = pages.build(Site(config, backends, store), metrics.blueprint(meter, config), *receiving)
    if threads is not None and len(apps) > 1:
        _share(Shares(threads, meter.busy), apps, own)
    origins = {name: service.origin for name, service in config.services.items()}
    return Front(apps, origins, own, begin=partial(_begin, chores, pauses) if store else None, end=chores.stop)


def _begin(chores: Chores, pauses: Pauses) -> None:
    """Begin the chores; what is paused shall be known before the first call, unless the store is slow to tell."""
    chores.ensure()
    pauses.looked()


def _share(shares: Shares, apps: Mapping[str, Flask], own: Flask) -> None:
    """Let each service, and the shim's own pages, have some of the threads."""
    for name, app in apps.items():
        app.wsgi_app = shares.around(name, app.wsgi_app)  # type: ignore[method-assign, assignment]
    own.wsgi_app = shares.around("shim", own.wsgi_app, "This page")  # type: ignore[method-assign, assignment]


def _recorder(config: Config, store: Store, chores: Chores, meter: metrics.Meter) -> Recorder:
    """What counts calls in the store; the metrics show what it loses and what waits."""
    recorder = Recorder.of(config, store, chores)
    meter.watch(lambda: recorder.lost, lambda: recorder.queued)
    chores.every(INTERVAL, meter.refresh, "metrics", last=meter.refresh)
    return recorder


def _hooks(backend: Backend, pauses: Pauses, observers: Observers) -> Hooks:
    """What others do about the calls of a service."""
    return Hooks(
        headers=Announcements(backend),
        admit=Ends(backend, pauses).admit,
        explain=partial(_explain, backend),
        observers=observers,
    )


def _explain(backend: Backend, call: Call, status: int) -> Mapping[str, Any]:
    """What was sent in place of a call, and where the guide to its endpoint is."""
    query = call.request.query_string.decode(errors="replace")
    line = f"{call.request.method} {call.request.path}" + (f"?{query}" if query else "")
    lifecycle, origin = backend.lifecycle(call.endpoint), backend.config.origin
    told = explain(backend.service, call.endpoint, line, status, call.trace.sent, origin, lifecycle)
    return {**told, "migrate": address(backend, call.endpoint)}
