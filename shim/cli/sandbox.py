"""`shim sandbox`: stand-in GraphQL servers over recorded data, tokens for them, and the check of them."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from shim import crypto
from shim.cli.common import LAST_PORT, BadInput, check_free
from shim.sandbox import DataError, Sandbox
from shim.sandbox.check import Report, recordings, replay
from shim.sandbox.instance import Instance
from shim.sandbox.services import available
from shim.settings import ERAS, ConfigError

_SHOWN_USERS = 10
_YEAR = timedelta(days=365)
_data = click.option(
    "--data",
    type=click.Path(path_type=Path),
    default="fixtures",
    show_default=True,
    help="A fixtures root, as in a checkout.",
)
_services = click.option(
    "--service", "services", type=click.Choice(available()), multiple=True, help="Only this service (repeatable)."
)


@click.group(invoke_without_command=True)
@_data
@_services
@click.option("--era", type=click.Choice(ERAS), default=ERAS[0], show_default=True, help="Of the servers to play.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, LAST_PORT), default=8090, show_default=True, help="0: any free one.")
@click.option(
    "--fatal",
    is_flag=False,
    flag_value=3.0,
    type=click.FloatRange(0, min_open=True),
    metavar="[SECONDS]",
    help="Let them die of requests that are abandoned or take longer (3 s by default), as the real ones do.",
)
@click.pass_context
def command(
    context: click.Context,
    data: Path,
    services: tuple[str, ...],
    era: str,
    host: str,
    port: int,
    fatal: float | None,
) -> None:
    """Play the GraphQL servers on recorded data.

    Serves each data set <service>/data of a fixtures root at /<service>/query until Ctrl-C, and prints a bearer
    token of each user. What is changed is gone afterwards.
    """
    if context.invoked_subcommand:
        return
    check_free(host, port, "--host or --port")
    try:
        sandbox = Sandbox(data, era=era, services=services or None, max_duration=fatal)
    except DataError as error:
        raise BadInput(f"{error}; say where with --data") from None
    with sandbox.running(host, port) as base:
        _introduce(sandbox, base, era)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


@command.command()
@click.argument("user")
@_data
@click.option("--grants", default="", help="Such as 'git.sr.ht/REPOSITORIES:RW'; everything by default.")
@click.option("--expires", type=click.DateTime(), help="In UTC; by default in a year.")
@click.option("--internal", is_flag=True, help="An Internal authorization instead, good for 30 seconds.")
def token(user: str, data: Path, grants: str, expires: datetime | None, internal: bool) -> None:
    """Print a fresh bearer token of USER for the sandbox."""
    try:
        instance = Instance(data)
    except ConfigError as error:
        raise BadInput(str(error)) from None
    if internal:
        click.echo(crypto.internal_authorization(instance.network_key, user))
        return
    end = expires.replace(tzinfo=timezone.utc) if expires else datetime.now(timezone.utc) + _YEAR
    click.echo(_token(instance, user, grants, end))


@command.command()
@click.argument("root", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@_services
@click.option("--era", "eras", type=click.Choice(ERAS), multiple=True, help="Only this era (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def check(root: Path, paths: tuple[Path, ...], services: tuple[str, ...], eras: tuple[str, ...], as_json: bool) -> None:
    """Replay recorded GraphQL exchanges and compare.

    ROOT is a fixtures root; PATHS are files or folders below it, to replay only those. Tells of each operation how
    many answers are as recorded, how many are out of scope (they ask for what the shim never does, which the sandbox
    does not play), and its first difference.

    \b
    Exit status:
      0  nothing differs
      1  something does
      2  bad input or usage
    """
    chosen = recordings(root, eras or ERAS, services or available(), paths)
    if not chosen:
        raise BadInput(f"{root}: no recordings of GraphQL exchanges of {', '.join(services or available())}")
    report = Report()
    try:
        files = groupby(replay(root, chosen), key=attrgetter("recording"))
        shown = Console(stderr=True)
        watched = track(files, "replaying", len(chosen), console=shown, transient=True)
        for _, outcomes in watched if shown.is_terminal else files:
            for outcome in outcomes:
                report.add(outcome)
    except DataError as error:
        raise BadInput(str(error)) from None
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
