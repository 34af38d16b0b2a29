"""`shim usage`: who calls what, from the store."""

from __future__ import annotations

import click

from shim.cli.usage.keeping import export, forget
from shim.cli.usage.tables import callers, idle, report, top

__all__ = ["command"]


@click.group()
def command() -> None:
    """Tell who still calls which old endpoint; forget users; hand out all that is kept.

    Calls are counted behind their answers and are in the store a few seconds later. Users are known by the name in
    their credential if the API took it ([shim] usage-identity: name, hash or none); '(unknown)' are all others,
    '(other)' those beyond [shim] usage-callers in an hour. Times are in UTC, and go by whole hours.

    \b
    Who has called git's repositories in the last 30 days?
      shim usage report --service git --endpoint 'GET /api/repos'
    What is used most, and what not at all?
      shim usage top
      shim usage idle --since 90d
    Whom must be written to?
      shim usage callers --since 2026-10-01 --format csv > callers.csv

    Exit status: 0 if it could be told, 1 if the store can't be used, 2 if the question can't be understood.
    """


for _each in (report, top, idle, callers, forget, export):
    command.add_command(_each)
