"""What waits, and what operators do about it."""

from __future__ import annotations

import json

import click
from rich.markup import escape
from rich.table import Table

from shim.cli.common import BadInput, config_option, print_table, printable
from shim.cli.webhooks.common import (
    SHORT,
    json_option,
    moment,
    opened,
    subscription_argument,
    told,
    urls_option,
)
from shim.webhooks.queue.overview import MOST

_PARCELS = 100


@click.command(name="list")
@config_option
@click.option("--all", "everything", is_flag=True, help="Those that nothing is wrong with as well.")
@urls_option
@json_option
def list_(config_path: str | None, everything: bool, urls: bool, as_json: bool) -> None:
    """List the subscriptions for which something waits or that are parked.

    Known are those that anything was delivered or waited for; `expires` is when the token that made one ends, and the
    subscription with it.
    """
    with opened(config_path) as desk:
        found = [told(known, urls) for known in desk.overview.known(everything)]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    if not found:
        click.echo("Nothing waits." if not everything else "No subscription is known.", err=True)
        return
    if len(found) == MOST:
        click.echo(f"These are the first {MOST}.", err=True)
    table = Table("key", "service", "user", "target", "state", "waiting", "oldest", "next", "expires", box=None)
    for row in found:
        state = f"{row['state']}: {row['reason']}" if row["reason"] else row["state"]
        state += f", {row['refused']} more lost" if row["refused"] else ""
        cells = [row["key"][:SHORT], row["service"], row["user"], row["target"], state, str(row["waiting"])]
        times = (row[name] for name in ("oldest", "next", "expires"))
        table.add_row(*(escape(cell or "-") for cell in (*cells, *times)))
    print_table(table)


@click.command()
@subscription_argument
@config_option
@urls_option
@json_option
def show(subscription: str, config_path: str | None, urls: bool, as_json: bool) -> None:
    """Show a subscription and the oldest hundred deliveries that wait for it."""
    with opened(config_path) as desk:
        known = desk.one(subscription)
        parcels = [
            {
                "uuid": row["uuid"],
                "event": row["event"],
                "since": moment(row["created_at"]),
                "attempts": row["attempts"],
                "next": moment(row["next_at"]),
                "problem": row["last_error"],
            }
            for row in desk.overview.parcels(known.key, _PARCELS)
        ]
    about = told(known, urls)
    if as_json:
        click.echo(json.dumps({**about, "deliveries": parcels}, indent=2))
        return
    for name, value in about.items():
        text = ", ".join(value) if isinstance(value, list) else "-" if value is None else str(value)
        click.echo(f"{name:10} {printable(text)}")
    if parcels:
        table = Table(*parcels[0], box=None)
        for parcel in parcels:
            table.add_row(*(escape(str(value if value is not None else "-")) for value in parcel.values()))
        click.echo()
        print_table(table)


@click.command()
@click.argument("subscriptions", nargs=-1, metavar="SUBSCRIPTION...")
@config_option
@click.option("--all", "everything", is_flag=True, help="All that waits, in place of SUBSCRIPTION.")
@json_option
def retry(subscriptions: tuple[str, ...], config_path: str | None, everything: bool, as_json: bool) -> None:
    """Try what waits of subscriptions anew, from the first attempt on; those that are parked go on.

    Nothing is sent by this command itself, but by `shim serve` or `shim webhooks work`.
    """
    if bool(subscriptions) is everything:
        raise BadInput("name subscriptions, or all of them by --all")
    with opened(config_path) as desk:
        chosen = desk.overview.known() if everything else [desk.one(each) for each in subscriptions]
        done = {known.key: desk.overview.retry(known.key) for known in chosen}
    _tell(done, "tried now", as_json)


@click.command()
@subscription_argument
@click.argument("uuids", nargs=-1, metavar="UUID...")
@config_option
@json_option
def drop(subscription: str, uuids: tuple[str, ...], config_path: str | None, as_json: bool) -> None:
    """Let go of all that waits for a subscription, or of single deliveries. They are lost.

    The subscription itself stays, and what happens later is delivered.
    """
    with opened(config_path) as desk:
        known = desk.one(subscription)
        done = {known.key: desk.overview.drop(known.key, uuids)}
    _tell(done, "dropped", as_json)


def _tell(done: dict[str, int], what: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([{"key": key, "deliveries": number} for key, number in done.items()], indent=2))
        return
    for key, number in done.items():
        click.echo(f"{key[:SHORT]}: {number} {what}")
    if not done:
        click.echo("Nothing waits.", err=True)
