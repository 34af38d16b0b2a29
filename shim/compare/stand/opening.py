"""What a comparison runs on: the shim before the sandbox, before real GraphQL servers, or a running shim."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from shim.compare.cassettes.cassette import Cassette
from shim.compare.stand.app import open_app
from shim.compare.stand.instance import Instance
from shim.compare.stand.reset import resetting
from shim.compare.stand.sandboxed import sandboxed
from shim.compare.stand.settings import Settings
from shim.compare.stand.stage import Stage, Stand, StandError
from shim.compare.stand.target import HttpTarget, Unreachable
from shim.sandbox import Conditions, DataError
from shim.settings import ConfigError


@contextmanager
def open_stand(settings: Settings) -> Iterator[Stand]:
    """Set up what the settings ask for; gives the stage for each cassette. Raises StandError."""
    try:
        instance = Instance(settings.root, settings.upstream)
        if settings.url:
            yield Running(settings, instance).stage
        elif settings.upstream:
            yield Upstream(settings, instance).stage
        else:
            with sandboxed(settings, instance) as local:
                yield local.stage
    except (DataError, ConfigError) as error:
        raise StandError(str(error)) from error


@dataclass
class Upstream:
    """The shim in this process before the GraphQL servers of an instance."""

    settings: Settings
    instance: Instance

    def stage(self, cassette: Cassette) -> Stage:
        """A fresh app with the instance's configuration."""
        origins = {cassette.service: self.instance.api_origin(cassette.service)}
        conditions = Conditions.of(cassette.path.name, cassette.note)
        app = open_app(cassette, origins, self.settings, self.instance, conditions)
        return Stage(app, self.instance.keys(cassette.service), *resetting(self.settings, cassette))


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
        return Stage(target, self.instance.keys(cassette.service), *resetting(self.settings, cassette))
