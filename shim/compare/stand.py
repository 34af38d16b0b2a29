"""What a comparison runs on: the shim before the sandbox, before real GraphQL servers, or a running shim."""

from __future__ import annotations

import logging
import os
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import urlsplit

import requests

from shim import logs
from shim.app import create_app
from shim.compare.cassette import Answer, Cassette, Request
from shim.compare.instance import Instance
from shim.compare.runner import Settings, Stage, StandError, Unsuitable
from shim.compare.target import TIMEOUT, HttpTarget, Target, Unreachable, WsgiTarget
from shim.config import parse
from shim.sandbox import Conditions, DataError, Sandbox, Storage, delivery
from shim.settings import ConfigError


@contextmanager
def open_stand(settings: Settings) -> Iterator[Callable[[Cassette], Stage]]:
    """Set up what the settings ask for; gives the stage for each cassette. Raises StandError."""
    try:
        instance = Instance(settings.root, settings.upstream)
        if settings.url:
            yield Running(settings, instance).stage
        elif settings.upstream:
            yield Upstream(settings, instance).stage
        else:
            with _sandbox(settings, instance) as local:
                yield local.stage
    except (DataError, ConfigError) as error:
        raise StandError(str(error)) from error


@contextmanager
def _sandbox(settings: Settings, instance: Instance) -> Iterator[Local]:
    apps: dict[str, Target] = {}
    services = settings.services or None
    sandbox = Sandbox(settings.root, era=settings.era, services=services, transport=partial(_deliver, apps))
    with sandbox.running() as address:
        yield Local(settings, instance, sandbox, address, apps)


def _deliver(apps: Mapping[str, Target], url: str, headers: Mapping[str, str], body: bytes) -> delivery.Answer:
    """Deliver a native webhook to the shim under test; nobody else is ever called. Raises ConnectionError."""
    target = apps.get(urlsplit(url).netloc)
    if target is None:
        raise requests.ConnectionError(f"{url} is not the shim's")
    answer = target.send(Request("POST", url, tuple(headers.items()), body))
    return delivery.Answer(answer.status, answer.headers, answer.body)


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
    """The shim in this process before the sandbox, which is at an address of this machine."""

    settings: Settings
    instance: Instance
    sandbox: Sandbox
    address: str
    apps: dict[str, Target]

    def stage(self, cassette: Cassette) -> Stage:
        """A fresh app in the cassette's conditions, and the sandbox to reset."""
        conditions = Conditions.of(cassette.path.name, cassette.note, self.sandbox.instance)
        origins = {service: f"{self.address}/{service}" for service in self.sandbox.services}
        text = self.instance.text(_changes(cassette, origins, self.settings, conditions))
        app = _app(cassette.service, text, "the sandbox's configuration")
        self.apps.clear()
        self.apps[urlsplit(cassette.origin).netloc] = app
        return Stage(
            Settled(app, self.sandbox),
            self.instance.keys(cassette.service),
            lambda: self.sandbox.reset(conditions),
            _names(conditions),
        )


@dataclass
class Upstream:
    """The shim in this process before the GraphQL servers of an instance."""

    settings: Settings
    instance: Instance

    def stage(self, cassette: Cassette) -> Stage:
        """A fresh app with the instance's configuration."""
        origins = {cassette.service: self.instance.api_origin(cassette.service)}
        conditions = Conditions.of(cassette.path.name, cassette.note)
        text = self.instance.text(_changes(cassette, origins, self.settings, conditions))
        keys = self.instance.keys(cassette.service)
        app = _app(cassette.service, text, str(self.settings.upstream))
        return Stage(app, keys, *_resetting(self.settings, cassette))


@dataclass
class Running:
    """A shim that runs elsewhere; its configuration is not touched. `reached` are the services found there."""

    settings: Settings
    instance: Instance
    reached: set[str] = field(default_factory=set)

    def stage(self, cassette: Cassette) -> Stage:
        """The address, and the keys of the instance behind it. Raises StandError if nobody is there to begin with."""
        try:
            target = HttpTarget(self.settings.url, cassette.service)
            if cassette.service not in self.reached:
                target.reach()
        except Unreachable as error:
            raise StandError(f"--url: {error}") from None
        self.reached.add(cassette.service)
        return Stage(target, self.instance.keys(cassette.service), *_resetting(self.settings, cassette))


def _changes(
    cassette: Cassette, origins: Mapping[str, str], settings: Settings, conditions: Conditions
) -> dict[tuple[str, str], str]:
    """What the app of a cassette needs beside the instance's own settings.

    The service answers at the recorded host, and tells of the recorded object storage or of none; internal
    authorizations come from this machine.
    """
    return {
        **_storage(cassette.service, conditions.storage),
        **{(f"{service}.sr.ht", "api-internal-origin"): address for service, address in origins.items()},
        (f"{cassette.service}.sr.ht", "origin"): cassette.origin,
        ("shim", "internal-ipnet"): "127.0.0.0/8",
        ("shim", "era"): settings.era,
        ("shim", "paging"): settings.paging,
    }


def _storage(service: str, storage: Storage | None) -> dict[tuple[str, str], str]:
    if storage is None:
        return {("objects", "s3-upstream"): ""}
    return {
        ("objects", "s3-upstream"): storage.upstream,
        ("objects", "s3-insecure"): "yes" if storage.insecure else "no",
        (f"{service}.sr.ht", "s3-bucket"): storage.bucket,
        (f"{service}.sr.ht", "s3-prefix"): storage.prefix,
    }


def _app(service: str, text: str, source: str) -> Target:
    """The shim with one service, for building all of them anew for each cassette takes longer than most cassettes."""
    logs.configure(logging.ERROR)
    try:
        config = parse(text, source)
        alone = {name: settings for name, settings in config.services.items() if name == service}
        return WsgiTarget(create_app(replace(config, services=alone)))
    except ConfigError as error:
        raise StandError(str(error)) from error


def _resetting(settings: Settings, cassette: Cassette) -> tuple[Callable[[], None] | None, frozenset[str]]:
    """How somebody else's data set is reset; without a way to, a cassette in special conditions cannot be run."""
    conditions = _names(Conditions.of(cassette.path.name, cassette.note))
    if settings.reset_command:
        return partial(_reset, settings.reset_command, cassette), conditions
    if conditions:
        raise Unsuitable(f"recorded with {', '.join(sorted(conditions))}")
    return None, conditions


def _reset(command: str, cassette: Cassette) -> None:
    """Run the operator's command; it learns what is to come from its environment, and its output is not ours."""
    told = {**os.environ, "SHIM_CASSETTE": cassette.name, "SHIM_NOTE": cassette.note}
    try:
        subprocess.run(shlex.split(command), check=True, env=told, stdout=subprocess.DEVNULL)  # noqa: S603
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise StandError(f"--reset-command: {error}") from error


def _names(conditions: Conditions) -> frozenset[str]:
    """The conditions that are not the usual ones, by the names that rules use."""
    switched = {"object-storage": conditions.storage is not None, "meta-down": not conditions.meta_reachable}
    return frozenset(name for name, on in switched.items() if on)
