"""`shim outreach`: whom to write to before endpoints end, drafts of the mails, and what came of them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from shim.cli.common import LENGTH, BadInput, Failure, backends, config_option, configuration, opened_store, print_table
from shim.cli.usage.output import formats, show, written
from shim.sunset.desk import Desk, Known, Unheard
from shim.sunset.letter import Template, Unusable, default, variables
from shim.sunset.outreach import CONSENTS, STATES, Pointless, checked_note, is_name

_since = click.option("--since", default="90d", show_default=True, type=LENGTH, help="Look so far back.")
_COLUMNS = (
    "caller",
    "state",
    "returned",
    "endpoints",
    "calls",
    "last_call",
    "agents",
    "told",
    "answered",
    "consent",
    "note",
)


@click.group()
def command() -> None:
    """Write to the people whose programs still use what ends.

    A caller is open until marked otherwise: told when the mail was sent, answered, moved when the programs were
    changed. Who had moved and calls again is open again. Only callers with a name are listed; the shim sends nothing
    and knows no addresses.

    \b
    Who must be written to?          shim outreach list --state open
    A mail to each of them:          shim outreach draft --all-open --output drafts
    It was sent, and answered:       shim outreach mark alice told --note "by mail"
                                     shim outreach mark alice answered --consent yes
    The programs call no more:       shim outreach mark alice moved
    """


@command.command(name="list")
@config_option
@_since
@click.option("--state", type=click.Choice(STATES), multiple=True, help="Only these (repeatable).")
@formats
def list_(config_path: str | None, since: timedelta, state: tuple[str, ...], form: str) -> None:
    """List callers with what they use and what is noted of them, most calls first; then who does not call any more."""
    with _desk(config_path, since) as desk:
        found = desk.known()
        rows = [_row(known) for known in found if not state or known.state in state]
    if not found:
        click.echo(desk.nobody(), err=True)
    if form == "table":
        print_table(_table(rows))
    else:
        show(rows, _COLUMNS, form)


@command.command()
@click.argument("name", required=False)
@config_option
@_since
@click.option("--all-open", is_flag=True, help="To everybody who is open, in place of NAME.")
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), help="A folder for NAME.txt; none is overwritten."
)
@click.option("--show-template", is_flag=True, help="Print the template that comes with the shim, to copy and change.")
def draft(
    name: str | None,
    config_path: str | None,
    since: timedelta,
    all_open: bool,
    output: Path | None,
    show_template: bool,
) -> None:
    """Draft the mail to a caller: their endpoints, counts, programs and dates, and what to send to GraphQL instead.

    It is made from [shim] outreach-template, or from the template that comes with the shim. NAME is a user's name,
    which stands in To: as `~NAME`, in place of an address.
    """
    if show_template:
        click.echo(default(), nl=False)
        click.echo(variables(), err=True)
        return
    if (name is None) != all_open:
        raise click.UsageError("say either NAME or --all-open")
    if all_open and output is None:
        raise click.UsageError("--all-open needs --output")
    with _desk(config_path, since) as desk:
        _draft(desk, None if name is None else _name(name), output)


def _draft(desk: Desk, name: str | None, output: Path | None) -> None:
    try:
        template = Template(desk.config.outreach_template)
        known = _open(desk) if name is None else [desk.one(name)]
        if not known:
            click.echo("Nobody is open." if desk.known() else desk.nobody(), err=True)
        for caller in (one.use.caller for one in known):
            _deliver(desk.mail(template, caller), caller, output)
    except Unusable as error:
        raise BadInput(str(error)) from None
    except Unheard as error:
        raise Failure(str(error)) from None


def _open(desk: Desk) -> list[Known]:
    return [known for known in desk.known() if known.state == "open" and known.use.calls]


def _deliver(mail: str | None, name: str, output: Path | None) -> None:
    if mail is None:
        click.echo(f"~{name} uses nothing that is an endpoint now", err=True)
    elif output is None:
        click.echo(mail, nl=False)
    else:
        output.mkdir(parents=True, exist_ok=True)
        path = output / f"{name}.txt"
        try:
            with open(path, "x", encoding="utf-8", opener=_private) as file:
                file.write(mail)
            click.echo(f"{path}: drafted", err=True)
        except FileExistsError:
            click.echo(f"{path}: is there already and stays as it is", err=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@command.command()
@click.argument("name")
@click.argument("state", required=False, type=click.Choice(STATES))
@config_option
@click.option("--note", help="What to remember of it, one line; replaces the last note.")
@click.option("--consent", type=click.Choice(CONSENTS), help="Whether the caller may be named in public.")
def mark(name: str, state: str | None, config_path: str | None, note: str | None, consent: str | None) -> None:
    """Note that a caller was told, has answered or has moved, or is open again.

    Told once more is a reminder. Exit status: 0 if it was noted, 1 if it makes no sense or the store can't be used, 2
    for bad input.
    """
    if state is None and note is None and consent is None:
        raise click.UsageError(f"say a state ({', '.join(STATES)}), --note or --consent")
    name = _name(name)
    try:
        note = None if note is None else checked_note(note)
        with _desk(config_path, timedelta()) as desk:
            marked = desk.mark(name, state, note, consent)
    except (Pointless, Unheard) as error:
        raise Failure(str(error)) from None
    except ValueError as error:
        raise BadInput(str(error)) from None
    click.echo(f"~{name}: {marked.state}, may be named: {marked.consent}")


@contextmanager
def _desk(config_path: str | None, since: timedelta) -> Iterator[Desk]:
    config = configuration(config_path)
    now = int(time.time())
    with opened_store(config) as store:
        yield Desk(config, backends(config), store, now - int(since.total_seconds()), now)


def _name(text: str) -> str:
    name = text.removeprefix("~")
    if not is_name(name):
        raise BadInput(f"{text!r} is no user name: nobody can be written to by it")
    return name


def _row(known: Known) -> dict[str, object]:
    """A caller as JSON and CSV have it; `returned` says that they had moved."""
    use, contact = known.use, known.contact
    return {
        "caller": use.caller,
        "state": known.state,
        "returned": contact.has_returned(use.last_call),
        "endpoints": use.endpoints,
        "calls": use.calls,
        "last_call": written(use.last_call or None),
        "agents": list(use.agents),
        "told": written(contact.told_at),
        "answered": written(contact.answered_at),
        "consent": contact.consent,
        "note": contact.note,
    }


def _table(rows: list[dict[str, object]]) -> Table:
    table = Table(
        "caller", "state", "endpoints", "calls", "last call", "agents", "told", "answered", "named", "note", box=None
    )
    for row in rows:
        state = f"{row['state']} (had moved)" if row["returned"] else row["state"]
        days = [str(row[key] or "-")[:10] for key in ("last_call", "told", "answered")]
        agents = ", ".join(map(str, row["agents"])) if isinstance(row["agents"], list) else ""
        cells = (f"~{row['caller']}", state, row["endpoints"], row["calls"], days[0], agents, *days[1:])
        table.add_row(*(escape(str(cell)) for cell in (*cells, row["consent"], row["note"])))
    return table
