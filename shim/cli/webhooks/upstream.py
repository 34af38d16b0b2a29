"""Commands that ask the API: what never arrived here, and what the new form changes."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

import click

from shim.cli.common import BadInput, Failure, config_option, printable
from shim.cli.webhooks.asking import CALLS, Asking, place_of
from shim.cli.webhooks.common import json_option, opened, subscription_argument
from shim.cli.webhooks.comparison import Comparison, Found, told
from shim.services.bridge import Row
from shim.services.events import Untranslatable
from shim.services.subscription import Subscription
from shim.webhooks.receiving.native import Addressee
from shim.webhooks.reconciling.records import Unasked
from shim.webhooks.sending.parcel import key_of

token_option = click.option(
    "--token-file",
    type=click.File("r"),
    help="A file with a user's personal access token, - for standard input: ask as that user, about nobody else.",
)


@click.command()
@config_option
@token_option
@click.option("--user", "users", multiple=True, help="This user too, of whom nothing is known yet (repeatable).")
@click.option("--service", "services", multiple=True, metavar="NAME", help="Only of this service (repeatable).")
@click.option("--calls", default=CALLS, show_default=True, type=click.IntRange(1), help="Ask the API no more often.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@json_option
def reconcile(
    config_path: str | None,
    token_file: IO[str] | None,
    users: tuple[str, ...],
    services: tuple[str, ...],
    calls: int,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Compare the API's records of the last days with what arrived here; have what never did delivered once.

    The API gives a delivery up after half an hour, and forgets all that wait when it ends: run this when this shim or
    the API was down. Some of it is done whenever an owner asks for subscriptions or deliveries by the old API.
    Subscriptions whose token is about to end are deleted on the way: older APIs would stop events for others.

    It asks as each user who subscribed since there is a store, as one of the instance's own services: its address must
    be among theirs. The API of 2024 tells its services nothing of webhooks; there, and elsewhere, a user's token does.
    What was compared once is not asked for again. What --calls does not suffice for is left for the next time, when it
    comes first.

    Trackers, tickets and lists are looked for among the user's own, as the API finds none by its id, and those of
    others where they were when the user asked for their subscriptions last.
    """
    with opened(config_path) as desk:
        comparison = Comparison(desk, Asking(desk, token_file, calls), dry=dry_run)
        places = comparison.places(users, services)
        found = comparison.of(places)
    if as_json:
        click.echo(json.dumps(vars(found), indent=2))
    else:
        _tell(found, len(places), dry_run)
    if found.problems:
        raise Failure(f"{len(found.problems)} of {len(places)} lists of subscriptions could not be compared")


@click.command()
@subscription_argument
@config_option
@token_option
@click.option("--last", default=3, show_default=True, type=click.IntRange(1, 100), help="How many deliveries.")
@json_option
def compare(subscription: str, config_path: str | None, token_file: IO[str] | None, last: int, as_json: bool) -> None:
    """Show the difference between the old and the new form of a subscription's last deliveries.

    The lines with `-` are only in the old payload, those with `+` only in the native one. Where `[shim] webhook-dual`
    is on, a subscription that is created with `native_url` beside `url` gets both, until its author has moved over.
    It is asked for as by `reconcile`.
    """
    with opened(config_path) as desk:
        known = desk.one(subscription)
        wanted, asking = known.subscription, Asking(desk, token_file)
        if wanted is None:
            raise BadInput("no key opens this subscription")
        try:
            rows = list(islice(_rows(asking, wanted, known.place), last))
        except Unasked as problem:
            raise Failure(str(problem)) from None
    pairs = [pair for row in rows if (pair := _pair(asking, wanted, row))]
    if as_json:
        click.echo(json.dumps(pairs, indent=2))
        return
    for pair in pairs:
        click.echo(f"{pair['uuid']} {pair['event']} / {pair['native_event']}")
        click.echo("\n".join(map(printable, _difference(pair))) + "\n")
    if not pairs:
        click.echo("The API has no deliveries of this subscription.", err=True)


def _tell(found: Found, places: int, dry_run: bool) -> None:
    """What comparing so many lists of subscriptions came to, for people."""
    for line in told(found, places, dry_run):
        click.echo(line)
    for line in found.problems:
        click.echo(printable(line), err=True)


def _rows(asking: Asking, wanted: Subscription, at: str) -> Iterator[Row]:
    """Upstream's records of a subscription. Raises Unasked."""
    service, user, kind, parent = place_of(wanted)
    records, key = asking.records(service, user), key_of(wanted)
    named = next((each for each in records.hooks(kind, parent, at) if key_of(each.subscription) == key), None)
    if named is None:
        raise Unasked(f"{service}: there is no such subscription any more")
    for rows in records.deliveries(named):
        yield from rows


def _pair(asking: Asking, wanted: Subscription, row: Row) -> dict[str, Any] | None:
    """A delivery in both forms; None for what has no old one."""
    service = asking.services[wanted.service].service
    kind = next(kind for kind in service.hooks if kind.name == wanted.kind)
    body = row["requestBody"]
    try:
        native = Addressee(service, "", wanted, kind).translated(body.encode(errors="surrogatepass"))
    except Untranslatable:
        return None
    old = native.old
    if old is None:
        return None
    names = {"uuid": row["uuid"], "event": native.translation.event.legacy, "native_event": row["event"]}
    return {**names, "old": old.payload.decode(), "native": body}


def _difference(pair: dict[str, Any]) -> Iterator[str]:
    old, native = (_pretty(pair[form]) for form in ("old", "native"))
    yield from difflib.unified_diff(old, native, pair["event"], pair["native_event"], lineterm="", n=100)


def _pretty(text: str) -> list[str]:
    """JSON with a line for each member; what is cut, as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False).splitlines()
    except ValueError:
        return text.splitlines()
