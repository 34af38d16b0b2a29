"""`shim sunset`: plan the end of the legacy API, see how far it is, and hold it up when it hurts."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from difflib import get_close_matches
from typing import Any

import click

from shim.cli.common import (
    LENGTH,
    BadInput,
    Failure,
    Written,
    backends,
    config_option,
    configuration,
    endpoint_of,
    opened_store,
    print_table,
)
from shim.cli.standing import doubtful, listed, shown, table
from shim.lifecycle import NEVER, Window, length, moment
from shim.services import discover
from shim.settings import Config
from shim.sunset.calendar import calendar
from shim.sunset.pauses import EVERYTHING, INTERVAL, active, pause, resume
from shim.sunset.plan import MOST_STEPS, NOTICE, Unplannable, propose
from shim.sunset.status import Standing, standings

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _date(text: str) -> datetime:
    found = moment(text)
    if found == NEVER:
        raise ValueError(f"{text!r} is no date")
    return found


_DATE = Written("DATE", _date)


@click.group()
def command() -> None:
    """Lead the legacy API to its end without surprise.

    What ends when stands in the configuration, for one endpoint, a service or all, the more particular first:

    \b
      [git.sr.ht::get-repos-r-refs]      [git.sr.ht::shim]      [shim]
      deprecated = 2025-10-27            announced in the Deprecation header
      brownouts = 2027-01-12T14:00Z/2h   windows of 410, which end by themselves
      rehearsal = yes                    answer, but count whom they would have hit
      sunset = 2027-06-30                410 from then on
      removal = 2027-12-31               404 from then on
      brownout-exempt = ann until 2027-02-01   ([shim] alone) spares ann brownouts, not the sunset

    `none` takes back what a more general section says. Proceed like this: `plan` brownouts, publish the calendar that
    `ics` prints (it is served at /sunset.ics as well), watch `status`, and `pause` whenever it hurts too much.
    """


@command.command()
@click.option("--service", "name", required=True, help="The service, such as git.")
@click.option("--sunset", type=_DATE, required=True, help="From when on it is switched off: 2027-06-30.")
@click.option("--from", "announced", type=_DATE, help="When the plan is announced; by default now.")
@click.option("--steps", default=6, show_default=True, type=click.IntRange(1, MOST_STEPS), help="How many brownouts.")
@click.option("--endpoint", "slugs", multiple=True, help="Only this endpoint, such as get-repos (repeatable).")
@_json
def plan(
    name: str, sunset: datetime, announced: datetime | None, steps: int, slugs: tuple[str, ...], as_json: bool
) -> None:
    """Propose brownouts for a service, to be pasted into the configuration.

    They grow from minutes to a day, on working days at varying hours in UTC. The first is two weeks after the
    announcement at the earliest, the last a week before the sunset. Changes nothing.

    Exit status: 0, or 2 if there is no such service or too little time.
    """
    service = _known(name, {service.name: service for service in discover()}, "service")
    slugs = tuple(endpoint_of(service, slug).slug for slug in slugs)
    now = datetime.now(timezone.utc)
    try:
        windows = propose(announced or now, now, sunset, steps)
    except Unplannable as error:
        raise BadInput(str(error)) from None
    written = f"{sunset:%Y-%m-%d}" if sunset.time() == NEVER.min.time() else f"{sunset:%Y-%m-%dT%H:%MZ}"
    sections = [f"{name}.sr.ht::{slug}" for slug in slugs] or [f"{name}.sr.ht::shim"]
    if as_json:
        listed = [{"begin": w.begin.isoformat(), "end": w.end.isoformat(), "written": str(w)} for w in windows]
        click.echo(json.dumps({"sections": sections, "sunset": written, "brownouts": listed}, indent=2))
    else:
        click.echo("\n".join(_pasted(sections, written, windows)))


def _pasted(sections: list[str], sunset: str, windows: tuple[Window, ...]) -> Iterator[str]:
    yield f"# Announce this by {windows[0].begin - NOTICE:%Y-%m-%d}. In config.ini, a section may be there already:"
    for window in windows:
        yield f"#   {window.begin:%a %Y-%m-%d %H:%M} UTC, for {str(window).partition('/')[2]}"
    for section in sections:
        yield f"[{section}]"
        yield f"brownouts = {', '.join(map(str, windows))}"
        yield f"sunset = {sunset}"


@command.command()
@config_option
@click.option("--service", "name", help="Only this service.")
@click.option("--look-back", default="30d", show_default=True, type=LENGTH, help="How long callers are counted.")
@click.option("--check", metavar="SERVICE/ENDPOINT", help="Only this endpoint; exit status 1 if it is not removable.")
@_json
@click.pass_context
def status(
    context: click.Context,
    config_path: str | None,
    name: str | None,
    look_back: timedelta,
    check: str | None,
    as_json: bool,
) -> None:
    """Tell of every endpoint when it ends, who still calls it, and whether it can be removed.

    It is removable when nobody has called it within the look-back but callers who have moved since (`shim outreach
    mark`). Nothing is, as long as usage has been recorded for less than that, or calls were lost in that time.

    \b
    Exit status:
      0  all is told; with --check, the endpoint is removable
      1  it is not, or the store can't be used
      2  bad input or configuration
    """
    found = _found(configuration(config_path), name, check, look_back)
    for problem in doubtful(found):
        click.echo(f"Warning: {problem}", err=True)
    _tell(found, as_json)
    context.exit(1 if check and not found[0].removable else 0)


def _found(config: Config, name: str | None, check: str | None, look_back: timedelta) -> list[Standing]:
    """The standings of all endpoints, of those of one service, or of the one to check."""
    services = backends(config)
    if check:
        name, _, slug = check.partition("/")
    if name is not None:
        services = {name: _known(name, services, "service in the configuration")}
    checked = endpoint_of(services[str(name)].service, slug) if check else None
    with opened_store(config) as store:
        found = standings(services.values(), store, int(time.time()), look_back)
    return [standing for standing in found if checked is None or standing.endpoint is checked]


def _tell(found: list[Standing], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([listed(standing) for standing in found], indent=2))
        return
    print_table(table(found))
    doubt = found[0].evidence.doubt if found else ""
    if doubt:
        click.echo(f"Nothing is called removable: {doubt}.")


@command.command()
@config_option
@click.option(
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True),
    default="-",
    help="A file; standard output by default.",
)
def ics(config_path: str | None, output: str) -> None:
    """Write the calendar of brownouts, sunsets and removals (iCalendar), for people to import.

    They may rather subscribe to /sunset.ics of the shim, which follows the configuration.
    """
    written = calendar(backends(configuration(config_path)).values())
    with click.open_file(output, "wb", atomic=True) as file:
        file.write(written)


_paused_service = click.option("--service", "name", help="Only this service; all by default.")


@command.command("pause")
@config_option
@_paused_service
@click.option("--for", "lasting", type=Written("LENGTH", length), help="Such as 2h or 1d12h; until resumed by default.")
def pause_(config_path: str | None, name: str | None, lasting: timedelta | None) -> None:
    """Answer again, at once: no brownouts and no sunset for anybody, until `shim sunset resume`.

    What is past its removal stays away. Serving processes look every two seconds; a pause outlasts restarts.
    Exit status: 0, 1 if the store can't be used, 2 for bad input or configuration.
    """
    config = configuration(config_path)
    service = _paused(config, name)
    now = int(time.time())
    until = None if lasting is None else now + int(lasting.total_seconds())
    with opened_store(config) as store:
        pause(store, service, until, now)
    ends = "till they are resumed" if until is None else f"until {shown(until)}"
    click.echo(f"{_named(service)}: brownouts and the sunset are paused {ends}, seen within {INTERVAL:g} s")


@command.command("resume")
@config_option
@_paused_service
def resume_(config_path: str | None, name: str | None) -> None:
    """End a pause; without --service all of them.

    Exit status: 0, 1 if nothing was paused or the store can't be used, 2 for bad input or configuration.
    """
    config = configuration(config_path)
    service = _paused(config, name)
    with opened_store(config) as store:
        ended, left = resume(store, service), active(store, int(time.time()))
    if EVERYTHING in left:
        raise Failure("all services are paused, which `shim sunset resume` without --service ends")
    if not ended:
        raise Failure(f"{_named(service)}: nothing was paused")
    click.echo(f"{_named(service)}: brownouts and the sunset take place again, within {INTERVAL:g} s")


def _known(name: str, known: Mapping[str, Any], kind: str) -> Any:
    """What goes by a name, or end with the line that says which names there are."""
    if name in known:
        return known[name]
    like = get_close_matches(name, known, 1)
    hint = f"; is {like[0]} meant?" if like else f": {', '.join(known)}"
    raise BadInput(f"there is no {kind} {name!r}{hint}")


def _paused(config: Config, name: str | None) -> str:
    if name is not None:
        _known(name, config.services, "service in the configuration")
    return EVERYTHING if name is None else name


def _named(service: str) -> str:
    return f"{service}.sr.ht" if service else "all services"
