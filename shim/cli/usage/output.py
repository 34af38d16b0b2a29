"""How the commands on usage show rows: as a table for people, as CSV for their spreadsheets, as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from functools import wraps
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from shim.cli.common import print_table
from shim.usage.sheet import sheet

FORMATS = ("table", "csv", "json")
_BARS = "▁▂▃▄▅▆▇█"


def formats(command: Callable[..., None]) -> Callable[..., None]:
    """The options --format and --json, both of which the command is given as `form`."""

    @wraps(command)
    def formed(form: str, as_json: bool, **asked: Any) -> None:
        command(form="json" if as_json else form, **asked)

    as_json = click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
    form = click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
    return form(as_json(formed))


def show(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], form: str) -> None:
    """Print rows; `columns` are those of a table and their order, numbers to the right."""
    if form == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    elif form == "csv":
        click.echo(as_csv(rows, columns), nl=False)
    else:
        table = Table(box=None)
        for name in columns:
            numeric = bool(rows) and isinstance(rows[0][name], int)
            table.add_column(name.replace("_", " "), justify="right" if numeric else "left")
        for row in rows:
            table.add_row(*(Text(_cell(row[name])) for name in columns))
        print_table(table)


def as_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """The rows with a line of titles; no spreadsheet takes a cell for a formula."""
    return sheet(columns, ([row[name] for name in columns] for row in rows), "\n")


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return ", ".join(value) if isinstance(value, list | tuple) else str(value)


def sparkline(values: Sequence[int]) -> str:
    """A bar for each value, as high as it is by the greatest."""
    most = max(values, default=0) or 1
    return "".join(_BARS[-(-value * (len(_BARS) - 1) // most)] for value in values)


def written(seconds: int | None) -> str | None:
    """A time in UTC, as ISO 8601 has it; None for none, and for one that no calendar holds."""
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return None
