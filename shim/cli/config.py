"""`shim config`: the outcome of the configuration, without secrets, and where each value came from."""

from __future__ import annotations

import json

import click
from rich.table import Table

from shim.cli.common import config_option, configuration, print_table
from shim.settings import Value


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def command(config_path: str | None, as_json: bool) -> None:
    """Show the configuration that the other commands would use.

    Values come from the instance's own keys first, then from [shim], and SHIM_* variables override both.
    Secrets are named, never shown.
    """
    values = configuration(config_path).values
    if as_json:
        click.echo(json.dumps([vars(value) for value in values], indent=2))
    else:
        print_table(_table(values))


def _table(values: tuple[Value, ...]) -> Table:
    table = Table("section", "key", "value", "from", box=None)
    for value in values:
        table.add_row(f"\\[{value.section}]", value.key, value.shown, value.source)
    return table
