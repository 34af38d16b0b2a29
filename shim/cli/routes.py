"""`shim routes`: the legacy endpoints there are, and what each asks upstream."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from shim.cli.common import BadInput, print_table
from shim.services import discover
from shim.services.service import Service
from shim.settings import ERAS


@click.command()
@click.option("--service", "names", multiple=True, help="Only this service (repeatable).")
@click.option(
    "--measure", "root", type=click.Path(path_type=Path), help="Count upstream calls over recordings below here."
)
@click.option("--era", default=ERAS[0], show_default=True, type=click.Choice(ERAS), help="Of the measured servers.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def command(names: tuple[str, ...], root: Path | None, era: str, as_json: bool) -> None:
    """List every legacy endpoint: its method and rule, the old scope, the grants that stand for it in an OAuth 2.0
    token, the GraphQL operations behind it.

    A dash in place of the scope means that any valid token would do for the old server, in place of the grants that
    any does for the API. Who subscribes to webhooks needs the grants of those events that are wanted. With --measure,
    the recorded exchanges of a fixtures root are played against the sandbox, and each endpoint's successful answers
    are counted by the number of upstream calls they took: `1 x98, 2 x3`.
    """
    calls = _measured(root, names, era) if root else {}
    rows = [row for service in discover() if not names or service.name in names for row in _rows(service, calls)]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    table = Table("service", "method", "path", "scope", "grants", "operations", *(["calls"] if root else []), box=None)
    for row in rows:
        table.add_row(*_cells(row), *([_counted(row["calls"])] if root else []))
    print_table(table)


def _measured(root: Path, names: tuple[str, ...], era: str) -> Mapping[str, Counter[int]]:
    from shim.compare.cassettes.finding import CassetteError
    from shim.compare.rules.deviations import DeviationsError
    from shim.compare.runner import measure
    from shim.compare.stand.opening import open_stand
    from shim.compare.stand.settings import InputError, Settings
    from shim.compare.stand.stage import StandError

    try:
        return measure(Settings(root, era=era, services=names, kinds=("reads", "writes")), open_stand)
    except (InputError, CassetteError, DeviationsError, StandError) as error:
        raise BadInput(str(error)) from None


def _rows(service: Service, calls: Mapping[str, Counter[int]]) -> Iterator[dict[str, Any]]:
    for endpoint in service:
        for rule in endpoint.rules:
            yield {
                "service": service.name,
                "method": endpoint.method,
                "path": rule,
                "scope": endpoint.scope,
                "grants": list(service.wanted(endpoint)),
                "operations": list(endpoint.operations),
                "summary": endpoint.summary,
                "calls": dict(sorted(calls.get(f"{service.name} {endpoint.method} {rule}", {}).items())),
            }


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    grants, operations = " ".join(row["grants"]) or "-", ", ".join(row["operations"])
    return row["service"], row["method"], row["path"].replace("[", "\\["), row["scope"] or "-", grants, operations


def _counted(calls: Mapping[int, int]) -> str:
    return ", ".join(f"{number} x{times}" for number, times in calls.items()) or "-"
