"""What the commands share: reading the configuration, and one clear line for what is wrong."""

from __future__ import annotations

import errno
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from shim.config import load
from shim.guide.finding import NoSuchEndpoint, find
from shim.lifecycle import length
from shim.rest.endpoint import Endpoint
from shim.services import discover
from shim.services.backend import Backend
from shim.services.service import Service
from shim.settings import Config, ConfigError
from shim.store import Store, StoreError, open_store
from shim.upstream import Local

LAST_PORT = 65535
_LONGEST = timedelta(days=800)
config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(dir_okay=False),
    help="The instance's config.ini (default: SHIM_CONFIG, ./config.ini, /etc/sr.ht/config.ini).",
)


class Failure(click.ClickException):
    """Something that keeps a command from its work: one line, exit status 1."""


class BadInput(click.ClickException):
    """Input that can't be used: one line, exit status 2."""

    exit_code = 2


def configuration(path: str | None) -> Config:
    """Read the configuration, or end with the line that says what to change; tell of what in it means nothing."""
    try:
        config = load(path, os.environ)
    except ConfigError as error:
        raise BadInput(str(error)) from None
    for problem in config.unknown:
        click.echo(f"Warning: {problem}", err=True)
    return config


@contextmanager
def opened_store(config: Config) -> Iterator[Store]:
    """The configured store, or end with one line; so does whatever it fails at within the block."""
    if config.store is None:
        raise BadInput(
            "[shim] store is none: nothing is remembered. Example: store = sqlite:////var/lib/shim/shim.sqlite3"
        )
    try:
        with closing(open_store(config.store)) as store:
            yield store
    except StoreError as error:
        raise Failure(str(error)) from None


class Written(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """What is written as in the configuration; `parse` raises ValueError."""

    def __init__(self, name: str, parse: Callable[[str], Any]) -> None:
        self.name, self._parse = name, parse

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read one."""
        try:
            return self._parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


LENGTH = Written("LENGTH", lambda text: length(text, _LONGEST))
"""How far to look back: `30d`, `12h`."""


def backends(config: Config) -> dict[str, Backend]:
    """The configured services; nothing is asked of them."""
    return {s.name: Backend.build(s, config, Local()) for s in discover() if s.name in config.services}


def endpoint_of(service: Service, name: str) -> Endpoint:
    """The endpoint of a service that goes by a name, or end with the line that says which do nearly."""
    try:
        return find(service, name)
    except NoSuchEndpoint as error:
        raise BadInput(f"{service.name}: {error}") from None


class Address(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """`HOST:PORT`, an IPv6 address in brackets, as a pair."""

    name = "HOST:PORT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """Read one."""
        found = re.fullmatch(r"(\[[^][]+\]|[^][:]+):(\d{1,5})", value, re.ASCII)
        if not found or not 0 < int(found[2]) <= LAST_PORT:
            self.fail(f"{value!r}: write HOST:PORT, for example 127.0.0.1:8080", param, ctx)
        return found[1].strip("[]"), int(found[2])


def written(host: str, port: int) -> str:
    """An address as it stands in a URL."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def check_free(host: str, port: int, option: str) -> None:
    """End with one line if the address can't be listened on; `option` is where to say another."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family):
            pass
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "already taken" if taken else str(error.strerror).partition(" (while")[0]
        raise Failure(f"can't listen on {written(host, port)}: {reason}; choose another with {option}") from None


def printable(text: str) -> str:
    """One line of what others wrote, with escapes in place of all that a terminal would obey or hide."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def print_table(table: Table) -> None:
    """Print a table with all that is in it, however narrow the terminal; what cells hold is not obeyed by that."""
    console = Console(width=sys.maxsize, soft_wrap=True, color_system=None)
    with console.capture() as captured:
        console.print(table)
    click.echo("\n".join(printable(line.rstrip()) for line in captured.get().split("\n")).rstrip("\n"))
