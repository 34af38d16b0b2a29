"""The shim in this process before the sandbox, which serves the root's data sets and is reset between cassettes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import requests

from shim.compare.cassettes.cassette import Cassette
from shim.compare.cassettes.exchange import Request
from shim.compare.stand.app import open_app
from shim.compare.stand.instance import Instance
from shim.compare.stand.reset import PUSHES, names
from shim.compare.stand.settings import Settings
from shim.compare.stand.stage import Stage, Unsuitable
from shim.compare.stand.target import TIMEOUT, Target
from shim.recordings.answer import Answer
from shim.sandbox import Conditions, Sandbox


@contextmanager
def sandboxed(settings: Settings, instance: Instance) -> Iterator[Local]:
    """Run a sandbox for as long as it is needed. Raises DataError."""
    apps: dict[str, Target] = {}
    services = settings.services or None
    sandbox = Sandbox(settings.root, era=settings.era, services=services, transport=partial(_deliver, apps))
    with sandbox.running() as address, ExitStack() as exits:
        yield Local(settings, instance, sandbox, address, apps, exits)


def _deliver(apps: Mapping[str, Target], url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Deliver a native webhook to the shim under test; nobody else is ever called. Raises ConnectionError."""
    target = apps.get(urlsplit(url).netloc)
    if target is None:
        raise requests.ConnectionError(f"{url} is not the shim's")
    return target.send(Request("POST", url, tuple(headers.items()), body))


@dataclass
class Settled:
    """The shim before the sandbox: what a request makes the sandbox deliver is delivered before the next."""

    app: Target
    sandbox: Sandbox

    def send(self, request: Request) -> Answer:
        """The app's answer. Raises NoAnswer."""
        answer = self.app.send(request)
        self.sandbox.drain(TIMEOUT)
        return answer

    def addressed(self, request: Request) -> tuple[Request, str]:
        """The app's address."""
        return self.app.addressed(request)


@dataclass
class Local:
    """The shim in this process before the sandbox, which is at an address of this machine; `exits` end the app."""

    settings: Settings
    instance: Instance
    sandbox: Sandbox
    address: str
    apps: dict[str, Target]
    exits: ExitStack

    def stage(self, cassette: Cassette) -> Stage:
        """A fresh app in the cassette's conditions, and the sandbox to reset. Raises Unsuitable where it can't be."""
        conditions = Conditions.of(cassette.path.name, cassette.note, self.sandbox.instance)
        named = names(conditions, cassette)
        if PUSHES in named:
            raise Unsuitable("recorded behind pushes, which the sandbox does not take")
        origins = {service: f"{self.address}/{service}" for service in self.sandbox.services}
        self.exits.close()
        app = open_app(cassette, origins, self.settings, self.instance, conditions, self.exits)
        self.apps.clear()
        self.apps[urlsplit(cassette.origin).netloc] = app
        return Stage(
            Settled(app, self.sandbox),
            self.instance.keys(cassette.service),
            lambda: self.sandbox.reset(conditions),
            named,
        )
