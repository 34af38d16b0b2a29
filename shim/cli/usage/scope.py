"""What the commands on usage have in common: which calls are meant, in the words of whoever asks."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import reduce
from typing import Any

import click

from shim.cli.common import BadInput, config_option
from shim.guide.finding import Finder, NoSuchEndpoint
from shim.lifecycle import NEVER, moment
from shim.services import discover
from shim.settings import Config
from shim.usage.identity import Identity
from shim.usage.report import DAY, HOUR, UNKNOWN, Scope

NOBODY = "(unknown)"
"""How callers are shown whom nobody knows."""
_AGO = re.compile(r"(\d{1,5})([hdw])", re.ASCII)
_SECONDS = {"h": HOUR, "d": DAY, "w": 7 * DAY}
Command = Callable[..., None]


class Moment(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A time in Unix seconds, written as a distance from now or as a date in UTC."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read one."""
        if isinstance(value, int):
            return value
        ago = _AGO.fullmatch(value)
        if ago:
            return max(0, int(time.time()) - int(ago[1]) * _SECONDS[ago[2]])
        try:
            read = moment(value)
        except ValueError:
            read = NEVER
        if read == NEVER:
            self.fail(f"{value!r}: write 30d, 12h, 2w, 2026-11-01 or 2026-11-01T12:00Z", param, ctx)
        return max(0, int(read.timestamp()))


def times(since: str) -> Callable[[Command], Command]:
    """The options --since and --until, with the default of the first."""
    options = (
        config_option,
        click.option(
            "--since", type=Moment(), default=since, show_default=True, help="From here on: 30d, 12h, 2w, 2026-11-01."
        ),
        click.option("--until", type=Moment(), help="Up to here, without it (default: now)."),
    )
    return lambda command: reduce(lambda made, option: option(made), reversed(options), command)


def which(command: Command) -> Command:
    """The options that say whose calls, and of what."""
    options = (
        click.option("--service", "services", multiple=True, help="Only this service, e.g. git (repeatable)."),
        click.option(
            "--endpoint",
            "endpoints",
            multiple=True,
            help="Only this endpoint: get-repos-r, or 'GET /api/repos/<r>' (repeatable).",
        ),
        click.option("--caller", "callers", multiple=True, help=f"Only this user, or '{NOBODY}' (repeatable)."),
    )
    return reduce(lambda made, option: option(made), reversed(options), command)


def scope_of(
    config: Config,
    since: int,
    until: int | None,
    services: Sequence[str] = (),
    endpoints: Sequence[str] = (),
    callers: Sequence[str] = (),
) -> Scope:
    """The scope that is meant, or the end with one line."""
    end = int(time.time()) + 1 if until is None else until
    if since >= end:
        raise BadInput("--since is not before --until")
    identity = Identity.of(config)
    forms = tuple(form for caller in callers for form in _forms(identity, caller))
    return Scope(since, end, _services(services), _slugs(services, endpoints), forms)


def _forms(identity: Identity, caller: str) -> tuple[str, ...]:
    return (UNKNOWN,) if caller == NOBODY else identity.forms(caller)


def _services(wanted: Sequence[str]) -> tuple[str, ...]:
    known = [service.name for service in discover()]
    for name in wanted:
        if name not in known:
            raise BadInput(f"--service {name}: there are {', '.join(sorted(known))}")
    return tuple(wanted)


def _slugs(services: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    finders = [Finder(service) for service in discover() if not services or service.name in services]
    return tuple(slug for name in wanted for slug in _found(finders, name))


def _found(finders: Sequence[Finder], name: str) -> set[str]:
    """What goes by a name in some services, in at least one."""
    slugs, near = set(), []
    for finder in finders:
        try:
            slugs.add(finder.find(name).slug)
        except NoSuchEndpoint as error:
            near += error.near
    if not slugs:
        like = get_close_matches(name, near, 1)
        raise BadInput(f"--endpoint {name}: there is no such endpoint" + (f"; is {like[0]} meant?" if like else ""))
    return slugs
