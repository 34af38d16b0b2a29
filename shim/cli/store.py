"""`shim store`: the tables of the store, and whether they are those that this version needs."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import click
from rich.table import Table

from shim.cli.common import config_option, configuration, opened_store, print_table
from shim.store import migrations

_json = click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")


@click.group()
def command() -> None:
    """Make and look at the store: the database of what the shim must remember, such as who called what.

    \b
    [shim] store says where it is:
      sqlite:////var/lib/shim/shim.sqlite3   one file, for workers on one host (the default)
      postgresql://USER:PASSWORD@HOST/NAME   PostgreSQL 13 or later, for several hosts;
                                             needs pip install 'shim[postgres]'
      none                                   nothing is remembered

    A file is made by whoever writes first, in a folder that must be there. PostgreSQL needs `shim store migrate` once,
    and again after updates, on one host; until then requests are answered, but not counted.
    """


@command.command()
@config_option
@_json
def migrate(config_path: str | None, as_json: bool) -> None:
    """Bring the tables to this version; run it as the user that serves.

    It may run while the shim serves, and twice at once: one waits for the other. Each step is taken whole or not at
    all. Exit status: 0 if the tables are up to date now, 1 if the store can't be used, 2 if the configuration can't.
    """
    with opened_store(configuration(config_path)) as store:
        applied = migrations.migrate(store)
    if as_json:
        click.echo(json.dumps({"store": store.name, "applied": applied}, indent=2))
        return
    for name in applied:
        click.echo(f"applied {name}")
    click.echo(f"{store.name} is up to date")


@command.command()
@config_option
@_json
@click.pass_context
def status(context: click.Context, config_path: str | None, as_json: bool) -> None:
    """Tell which migrations were applied and when; changes nothing.

    Exit status: 0 if the tables are up to date, 1 if `shim store migrate` has something to do or the store can't be
    used, 2 if the configuration can't.
    """
    with opened_store(configuration(config_path)) as store:
        steps = [(name, _written(applied)) for name, applied in migrations.status(store)]
    current = all(applied for _, applied in steps)
    if as_json:
        rows = [{"name": name, "applied": applied} for name, applied in steps]
        click.echo(json.dumps({"store": store.name, "current": current, "migrations": rows}, indent=2))
    else:
        click.echo(f"{store.name}: {'up to date' if current else 'run `shim store migrate`'}")
        print_table(_table(steps))
    context.exit(0 if current else 1)


def _table(steps: list[tuple[str, str | None]]) -> Table:
    table = Table("migration", "applied", box=None)
    for name, applied in steps:
        table.add_row(name, applied or "-")
    return table


def _written(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc).isoformat()
