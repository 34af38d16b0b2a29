"""`shim explain`: what replaces an endpoint, for authors of clients, without a server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from difflib import get_close_matches

import click
from rich.markup import escape
from rich.table import Table

from shim.cli.common import BadInput, print_table
from shim.guide.documents import Document
from shim.guide.entry import Entry, entry
from shim.guide.fields import Row
from shim.guide.finding import NoSuchEndpoint, find
from shim.parsers import origin
from shim.services import discover
from shim.services.service import Service
from shim.settings import ERAS

_FORMS = {"caller": ", the caller's own", "owner": ", anybody's", "": ""}
_OWNED = re.compile(r"/(?:~|<u>)")


@click.command()
@click.argument("service")
@click.argument("endpoint", nargs=-1, required=True)
@click.option("--era", default=ERAS[0], show_default=True, type=click.Choice(ERAS), help="Of the GraphQL servers.")
@click.option("--origin", "url", help="Where the service is, for the command lines (default: https://SERVICE.sr.ht).")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def command(service: str, endpoint: tuple[str, ...], era: str, url: str | None, as_json: bool) -> None:
    """Show what replaces an old ENDPOINT of a SERVICE: GraphQL documents, variables, command lines for curl and hut,
    the grants that a token needs, and where each old field comes from.

    ENDPOINT is a method and a path, declared or real (`GET /api/repos/weather/refs`), or a short name
    (`get-repos-r-refs`). Where it names no owner, the documents ask for the caller's own things.
    """
    chosen, name = _service(service), " ".join(endpoint)
    try:
        told = entry(chosen, find(chosen, name), era, origin(url or f"https://{service}.sr.ht"))
    except (NoSuchEndpoint, ValueError) as error:
        raise BadInput(str(error)) from None
    if as_json:
        click.echo(json.dumps(asdict(told), indent=2))
    else:
        _print(told, "owner" if _OWNED.search(name) else "caller")


def _service(name: str) -> Service:
    known = {service.name: service for service in discover()}
    if name in known:
        return known[name]
    near = get_close_matches(name, known, 1)
    hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"
    raise BadInput(f"no service {name!r}{hint}")


def _print(told: Entry, form: str) -> None:
    click.echo(f"{told.title} ({told.service}.sr.ht)\n{told.text or told.summary}\n")
    for name, value in _facts(told):
        click.echo(f"{name + ':':<8} {value}")
    click.echo(f"\n{told.call}")
    for document in told.documents:
        if document.form in ("", form) or not any(d.form == form for d in told.documents):
            _print_document(document)
    if told.rows:
        click.echo("\n## Fields\n")
        print_table(_fields(told.rows))
    for note in told.notes:
        click.echo(f"\n{note}")


def _facts(told: Entry) -> Iterator[tuple[str, str]]:
    yield "Paths", " ".join(told.rules)
    yield "Scope", told.scope or "-"
    yield "Grants", " ".join(told.grants) or "-"
    yield "Page", told.page


def _print_document(document: Document) -> None:
    click.echo(f"\n## {document.operation} ({document.kind}{_FORMS[document.form]})\n\n{document.text}\n")
    if document.variables:
        table = Table("variable", "type", "example", "stands for", box=None)
        for variable in document.variables:
            cells = (f"${variable.name}", variable.type, variable.file or json.dumps(variable.example))
            table.add_row(*map(escape, (*cells, variable.stands_for)))
        print_table(table)
    for line in filter(None, (document.curl, document.hut)):
        click.echo(f"\n{line}", nl=False)


def _fields(rows: tuple[Row, ...]) -> Table:
    table = Table("old field", "looks like", "GraphQL", "how", box=None)
    for row in rows:
        paths = "\n".join(s.path + (f" (on {s.on})" if s.on else "") for s in row.sources) or "-"
        how = row.how + (f" ({row.when})" if row.when else "")
        table.add_row(*map(escape, (row.field, row.old, paths, how)))
    return table
