"""`shim clients`: old clients to see in the demo's dashboard."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import click

from shim.cli.common import BadInput, Failure, Written
from shim.parsers import origin
from shim.sandbox.clients import HOOKS, SCRIPTS, Cast, Client, NoCast, Script, Unreachable

DEMO = "http://127.0.0.1:8080"


@click.command()
@click.option(
    "--url", type=Written("URL", origin), default=DEMO, show_default=True, help="Where the demo's shim listens."
)
@click.option(
    "--data",
    default="fixtures",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The demo's fixtures root, whose keys make the tokens.",
)
@click.option("--hooks", default=HOOKS, show_default=True, help="Where the demo takes webhooks.")
@click.option("--seconds", default=120.0, show_default=True, type=click.FloatRange(1, 3600), help="At most so long.")
def command(url: str, data: Path, hooks: str, seconds: float) -> None:
    """Play a few old clients of the legacy API to a running demo.

    Each asks as the program would that it is made after, on behalf of a user of its own, with tokens of the recorded
    instance. Some of them change the demo's data, which is in memory only. Ends with where to look at the outcome.

    \b
    Exit status:
      0  all were played
      1  nothing answers there, or it is no demo over the same data
      2  bad input or usage
    """
    try:
        cast, end = Cast(data), time.monotonic() + seconds
    except NoCast as error:
        raise BadInput(f"{error}; say where with --data") from None
    totals: Counter[int] = Counter()
    for script in SCRIPTS:
        if set(script.services) <= set(cast.services):
            totals += _play(script, cast, url, hooks, end)
    if totals and not any(status < 400 for status in totals):
        raise Failure(f"{url} took none of the tokens: it is no demo over {data}")
    click.echo(f"{totals.total()} calls: {_counted(totals)}")
    click.echo(f"dashboard  {url}/usage  (its password is where the demo was started)")
    click.echo("what a program still uses, told to its own user:")
    click.echo(f"  curl -H 'Authorization: {cast.authorization(SCRIPTS[1])()}' {url}/api/shim/usage")


def _play(script: Script, cast: Cast, url: str, hooks: str, end: float) -> Counter[int]:
    """Play one client and tell of it; its answers by status."""
    authorization = cast.authorization(script)
    with closing(Client(url, script.agent, authorization, end, hooks)) as client:
        try:
            script.play(client, cast.user())
        except Unreachable as error:
            problem = f"nothing answers at {url} ({error})"
            raise Failure(f"{problem}: start the demo with `make run`, or say where it is with --url") from None
        who = f"says it is {cast.user(script.place)}" if script.forged else f"for {cast.user(script.place)}"
        click.echo(f"{script.name} ({script.agent}, {script.scheme}, {who})")
        click.echo(f"  {script.does}: {_counted(client.answered)}")
        return client.answered


def _counted(answered: Counter[int]) -> str:
    return ", ".join(f"{count} x {status}" for status, count in sorted(answered.items()))
