"""`shim sandbox`: stand-in GraphQL servers over recorded data, tokens for them, and the check of them."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta, timezone
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from shim import crypto
from shim.sandbox import DataError, Sandbox
from shim.sandbox.check import recordings, replay
from shim.sandbox.instance import Instance
from shim.sandbox.report import Report
from shim.sandbox.server import available
from shim.settings import ERAS, ConfigError

_SHOWN_USERS = 10
_YEAR = timedelta(days=365)
_data = click.option("--data", type=click.Path(path_type=Path), default="fixtures", show_default=True)
_services = click.option("--service", "services", type=click.Choice(available()), multiple=True)


@click.group(invoke_without_command=True)
@_data
@_services
@click.option("--era", type=click.Choice(ERAS), default="2024", show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8090, show_default=True)
@click.pass_context
def command(context: click.Context, data: Path, services: tuple[str, ...], era: str, host: str, port: int) -> None:
    """Play the GraphQL servers over the data sets of a fixtures root, DATA/<service>/data."""
    if context.invoked_subcommand:
        return
    try:
        sandbox = Sandbox(data, era=era, services=services or None)
    except DataError as error:
        raise click.ClickException(str(error)) from error
    try:
        with sandbox.running(host, port) as base:
            _introduce(sandbox, base, era)
            threading.Event().wait()
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}") from error
    except KeyboardInterrupt:
        click.echo()


@command.command()
@click.argument("user")
@_data
@click.option("--grants", default="", help="Such as 'git.sr.ht/REPOSITORIES:RW'; everything by default.")
@click.option("--expires", type=click.DateTime(), help="In UTC; by default in a year.")
@click.option("--internal", is_flag=True, help="An Internal authorization instead, good for 30 seconds.")
def token(user: str, data: Path, grants: str, expires: datetime | None, internal: bool) -> None:
    """Print a fresh bearer token of USER for the sandbox."""
    instance = Instance(data)
    if internal:
        click.echo(crypto.internal_authorization(instance.network_key, user))
        return
    end = expires.replace(tzinfo=timezone.utc) if expires else datetime.now(timezone.utc) + _YEAR
    click.echo(_token(instance, user, grants, end))


@command.command()
@click.argument("root", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@_services
@click.option("--era", "eras", type=click.Choice(ERAS), multiple=True)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def check(root: Path, paths: tuple[Path, ...], services: tuple[str, ...], eras: tuple[str, ...], as_json: bool) -> None:
    """Replay the GraphQL exchanges recorded below ROOT (or only PATHS) and compare the answers."""
    chosen = recordings(root, eras or ERAS, services or available(), paths)
    if not chosen:
        raise click.ClickException(f"{root}: no recordings")
    report = Report()
    try:
        files = groupby(replay(root, chosen), key=attrgetter("recording"))
        console = Console(stderr=True)
        for _, outcomes in track(files, "replaying", len(chosen), console=console, transient=True):
            for outcome in outcomes:
                report.add(outcome)
    except DataError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=1, ensure_ascii=False))
    else:
        Console().print(report.render(), crop=False)
    raise SystemExit(0 if report.complete else 1)


def _introduce(sandbox: Sandbox, base: str, era: str) -> None:
    """Say where the servers are and how to get in."""
    click.echo(f"GraphQL servers of {era} at {base}; Ctrl-C ends them.")
    users = {}
    for slug, service in sandbox.services.items():
        click.echo(f"  {slug:6} {base}/{slug}/query")
        users.update({user.id: user for user in service.store.users})
    click.echo("Bearer tokens (`shim sandbox token USER` makes more):")
    end = datetime.now(timezone.utc) + _YEAR
    for _, user in sorted(users.items())[:_SHOWN_USERS]:
        note = " (suspended)" if user.suspended else ""
        click.echo(f"  {user.username + note:20} {_token(sandbox.instance, user.username, '', end)}")


def _token(instance: Instance, user: str, grants: str, end: datetime) -> str:
    return crypto.BearerToken(int(end.timestamp()), grants, "", user).mint(instance.private_key)
