"""`shim usage forget` and `export`."""

from __future__ import annotations

import json
import sys
from typing import Any, TextIO

import click
from rich.console import Console
from rich.progress import Progress

from shim.cli.common import BadInput, config_option, configuration, opened_store
from shim.cli.usage.scope import scope_of, times
from shim.usage import keeping
from shim.usage.identity import Identity, is_user


@click.command()
@config_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("name")
def forget(config_path: str | None, yes: bool, name: str) -> None:
    """Delete all that is kept of the user NAME: counted calls, whether by name or by hash, and notes of outreach.

    What he calls from then on is counted again; a shim that runs may write what he called in the last seconds. To be
    left out for good there is [shim] usage-identity = none, for all.

    SQLite's files are cleaned of the bytes as well, PostgreSQL's when it vacuums its tables. Copies that were made
    before stay what they are.

    \b
    Without asking:      shim usage forget --yes alice
    Known by hash only:  shim usage forget hash:0123456789abcdef0123456789abcdef
    """
    if not is_user(name):
        raise BadInput(f"{name!r} is no user name, and no hash of one")
    config = configuration(config_path)
    if not yes:
        click.confirm(f"Delete all that is kept of {name}?", abort=True, err=True)
    with opened_store(config) as store:
        gone = keeping.forget(store, Identity.of(config), name)
    click.echo(f"{gone.rows} rows of usage deleted, {gone.outreach} of outreach")
    if not gone.scrubbed:
        click.echo("their bytes stay in the database's files until it cleans up", err=True)


@click.command()
@times("400d")
@click.option("--output", type=click.File("w", "utf-8", lazy=True), default="-", help="Where to (default: here).")
def export(config_path: str | None, output: TextIO, **asked: Any) -> None:
    """Hand out every row that is kept, one JSON object a line, as it is stored.

    A row is what one caller did with one program at one endpoint in one hour, with one kind of credential and one
    class of answers; `hour` and `last_call` are in Unix seconds.

    \b
    Keep October:   shim usage export --since 2026-10-01 --until 2026-11-01 --output october.jsonl
    Count by hand:  shim usage export | jq -s 'map(.calls) | add'
    """
    config = configuration(config_path)
    scope = scope_of(config, **asked)
    quiet = output.isatty() or not sys.stderr.isatty()
    progress = Progress(console=Console(stderr=True), transient=True, disable=quiet)
    with opened_store(config) as store, progress:
        task = progress.add_task("rows", total=keeping.count(store, scope))
        for row in keeping.rows(store, scope):
            output.write(f"{json.dumps(row, ensure_ascii=False)}\n")
            progress.advance(task)
