"""`shim routes`: the legacy endpoints there are, and what each asks upstream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from shim.services import discover
from shim.services.service import Service


@click.command()
@click.option("--service", "names", multiple=True, help="Only this service (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def command(names: tuple[str, ...], as_json: bool) -> None:
    """List every legacy endpoint: its method and rules, the old scope, the GraphQL operations behind it.

    A dash in place of the scope means that any valid token will do.
    """
    rows = [row for service in discover() if not names or service.name in names for row in _rows(service)]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    table = Table("service", "method", "path", "scope", "operations", box=None)
    for row in rows:
        for rule in row["rules"]:
            table.add_row(
                row["service"],
                row["method"],
                rule.replace("[", "\\["),
                row["scope"] or "-",
                ", ".join(row["operations"]),
            )
    Console(width=200, soft_wrap=True).print(table)


def _rows(service: Service) -> Iterator[dict[str, Any]]:
    for endpoint in service:
        yield {
            "service": service.name,
            "method": endpoint.method,
            "rules": list(endpoint.rules),
            "scope": endpoint.scope,
            "operations": list(endpoint.operations),
            "summary": endpoint.summary,
        }
