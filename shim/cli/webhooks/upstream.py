"""Commands that ask the API: what never arrived here, and what the new form changes."""

from __future__ import annotations

import difflib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any

import click
from rich.console import Console
from rich.progress import track

from shim.cli.common import BadInput, Failure, backends, config_option, printable
from shim.cli.webhooks.common import Desk, json_option, opened, subscription_argument
from shim.crypto import BearerToken, TokenError
from shim.services.bridge import Named, Row
from shim.services.events import Untranslatable
from shim.services.subscription import Subscription, ends_soon
from shim.webhooks.memory import Memory
from shim.webhooks.native import Addressee
from shim.webhooks.parcel import key_of
from shim.webhooks.reconcile import OLDEST, Reconciler, seconds_of
from shim.webhooks.records import Records, Unasked, internally

token_option = click.option(
    "--token-file",
    type=click.File("r"),
    help="A file with a user's personal access token, - for standard input: ask as that user, about nobody else.",
)
Place = tuple[str, str, str, str]
"""Where subscriptions hang: a service, a user, a kind and the parent's id."""


@dataclass
class Found:
    """What comparing came to: how many subscriptions there are, deliveries that are missing, and subscriptions that
    were deleted.
    """

    subscriptions: int = 0
    missing: int = 0
    deleted: int = 0
    problems: list[str] = field(default_factory=list)


class Asking:
    """Asks the API as whom it may: one user by a token, or each by the authorization of the instance's services."""

    def __init__(self, desk: Desk, token_file: IO[str] | None) -> None:
        """Raises BadInput for what is no token."""
        self._desk, self.services = desk, backends(desk.config)
        self._token = self.user = ""
        try:
            if token_file is not None:
                self._token = token_file.read(4096).strip()
                self.user = BearerToken.read(self._token).username
        except (TokenError, ValueError):
            raise BadInput("--token-file holds no personal access token") from None

    def records(self, service: str, user: str) -> Records:
        """What a service tells a user."""
        key = self._desk.config.network_key
        if self._token:
            return Records(self.services[service], lambda: f"Bearer {self._token}", user)
        if key is None:
            raise BadInput("asking as each user needs [sr.ht] network-key; ask as one by --token-file")
        return Records(self.services[service], internally(key, user), user)

    def places(self, users: tuple[str, ...]) -> list[Place]:
        """Where subscriptions hang that something was ever delivered to, and those that any user may have."""
        known = (each.subscription for each in self._desk.overview.known(everything=True) if not each.second)
        found = {place_of(each) for each in known if each is not None and each.user}
        named = (*users, self.user) if self.user else users
        found |= {(name, user.lstrip("~"), "user", "") for name in self.services for user in named}
        return sorted(place for place in found if place[0] in self.services and self.user in ("", place[1]))


def place_of(subscription: Subscription) -> Place:
    """Where a subscription hangs."""
    return subscription.service, subscription.user, subscription.kind, subscription.parent


@click.command()
@config_option
@token_option
@click.option("--user", "users", multiple=True, help="This user too, of whom nothing is known yet (repeatable).")
@click.option("--service", "services", multiple=True, metavar="NAME", help="Only of this service (repeatable).")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@json_option
def reconcile(
    config_path: str | None,
    token_file: IO[str] | None,
    users: tuple[str, ...],
    services: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Compare the API's records of the last days with what arrived here; have what never did delivered once.

    The API gives a delivery up after half an hour, and forgets all that wait when it ends: run this when this shim or
    the API was down. For one subscription it is done whenever its owner asks for deliveries by the old API.
    Subscriptions whose token is about to end are deleted on the way: older APIs would stop events for others.

    It asks as each user to whom anything was ever delivered, as one of the instance's own services: its address must
    be among theirs. The API of 2024 tells its services nothing of webhooks; there, and elsewhere, a user's token does.
    Webhooks of trackers and tickets are only compared when their owners ask.
    """
    found = Found()
    with opened(config_path) as desk:
        asking = Asking(desk, token_file)
        for name in services:
            if name not in asking.services:
                raise BadInput(f"{name!r} is no service here; there are {', '.join(sorted(asking.services))}")
        places = [place for place in asking.places(users) if not services or place[0] in services]
        for place in _watched(places):
            try:
                _compare_place(desk, asking, place, found, dry_run)
            except Unasked as problem:
                found.problems.append(f"{place[1]}: {problem}")
    if as_json:
        click.echo(json.dumps(vars(found), indent=2))
    else:
        verb = "would be delivered" if dry_run else "are delivered now"
        click.echo(f"{found.subscriptions} subscriptions compared: {found.missing} deliveries are missing and {verb}")
        if found.deleted:
            click.echo(f"{found.deleted} subscriptions deleted, whose tokens are about to end")
        for line in found.problems:
            click.echo(printable(line), err=True)
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
        wanted = desk.one(subscription).subscription
        asking = Asking(desk, token_file)
        if wanted is None:
            raise BadInput("no key opens this subscription")
        try:
            rows = list(islice(_rows(asking, wanted), last))
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


def _watched(places: list[Place]) -> Any:
    """The same, with a bar on a terminal."""
    shown = Console(stderr=True)
    return track(places, "comparing", console=shown, transient=True) if shown.is_terminal else places


def _compare_place(desk: Desk, asking: Asking, place: Place, found: Found, dry_run: bool) -> None:
    service, user, kind, parent = place
    records, outbox = asking.records(service, user), desk.parts.outbox
    services = [backend.service for backend in asking.services.values()]
    reconciler = Reconciler(services, outbox, Memory(desk.store), dual=desk.config.webhook_dual)
    for named in records.hooks(kind, parent):
        found.subscriptions += 1
        for rows in _recent(records, named):
            act = (lambda s, r: len(reconciler.missing(s, r))) if dry_run else reconciler.take
            found.missing += act(named.subscription, rows)
        if ends_soon(named.subscription, time.time()):
            found.deleted += 1
            if not dry_run:
                records.delete(named)


def _recent(records: Records, named: Named) -> Iterator[list[Row]]:
    """Upstream's records of a subscription that are not too old to be compared."""
    oldest = time.time() - OLDEST
    for rows in records.deliveries(named):
        recent = [row for row in rows if seconds_of(row["date"]) >= oldest]
        yield recent
        if len(recent) < len(rows):
            return


def _rows(asking: Asking, wanted: Subscription) -> Iterator[Row]:
    """Upstream's records of a subscription. Raises Unasked."""
    service, user, kind, parent = place_of(wanted)
    records, key = asking.records(service, user), key_of(wanted)
    named = next((each for each in records.hooks(kind, parent) if key_of(each.subscription) == key), None)
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
