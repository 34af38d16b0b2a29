"""`shim usage report`, `top`, `idle` and `callers`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from shim.cli.common import configuration, opened_store
from shim.cli.usage.output import formats, show, sparkline, written
from shim.cli.usage.scope import NOBODY, scope_of, times, which
from shim.services import discover
from shim.settings import Config
from shim.usage.report import DAY, HOUR, Report, Scope

_BARS = 30
_USES = ("service", "endpoint", "caller", "calls", "failed", "upstream_calls", "bytes", "refused", "last_call")


@click.command()
@times("30d")
@which
@formats
def report(config_path: str | None, form: str, **asked: Any) -> None:
    """Tell each caller's calls of each endpoint, most calls first.

    Failed are answers from 400 on, refused those of a brownout or after the sunset. On standard error it says how many
    calls there were in all, and how many could not be counted.

    \b
    Everything of the last week:      shim usage report --since 7d
    One user, in October:             shim usage report --caller alice --since 2026-10-01 --until 2026-11-01
    For a spreadsheet:                shim usage report --format csv > usage.csv
    """
    config = configuration(config_path)
    scope = scope_of(config, **asked)
    names = _names()
    with opened_store(config) as store:
        found = Report(store)
        uses, losses, trend = found.uses(scope), found.losses(scope), _trend(found, scope)
    show([_row(vars(use), names) for use in uses], _USES, form)
    calls = sum(use.calls for use in uses)
    click.echo(f"{calls} call{'s' if calls != 1 else ''} {trend}", err=True)
    if losses:
        told = ", ".join(f"{calls} {reason}" for reason, calls in sorted(losses.items()))
        click.echo(f"{sum(losses.values())} calls could not be counted: {told}", err=True)


@click.command()
@times("30d")
@which
@formats
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1), help="How many endpoints.")
def top(config_path: str | None, form: str, limit: int, **asked: Any) -> None:
    """Tell the endpoints that are called most, with their callers and the trend from --since to --until.

    \b
    Of one user:       shim usage top --caller alice
    Of the last day:   shim usage top --since 24h --limit 5
    """
    config = configuration(config_path)
    scope = scope_of(config, **asked)
    names = _names()
    with opened_store(config) as store:
        found = Report(store)
        uses, trends = found.by_endpoint(scope)[:limit], found.trends(scope, _step(scope))
    rows = [{**_row(vars(use), names), "trend": trends.get((use.service, use.endpoint), [])} for use in uses]
    if form != "json":
        rows = [{**row, "trend": sparkline(row["trend"])} for row in rows]
    columns = ("service", "endpoint", "calls", "callers", "refused", "last_call", "trend")
    show(rows, columns, form)


@click.command()
@times("30d")
@which
@formats
def callers(config_path: str | None, form: str, **asked: Any) -> None:
    """Tell the callers, most calls first, with the programs that they use most.

    \b
    Who still uses an endpoint:   shim usage callers --service git --endpoint get-repos-r-log
    """
    config = configuration(config_path)
    scope = scope_of(config, **asked)
    with opened_store(config) as store:
        found = Report(store).by_caller(scope)
    rows = [_row(vars(caller), {}) for caller in found]
    show(rows, ("caller", "calls", "endpoints", "last_call", "agents"), form)


@click.command()
@times("90d")
@click.option("--service", "services", multiple=True, help="Only this service (repeatable).")
@formats
def idle(config_path: str | None, form: str, **asked: Any) -> None:
    """Tell the endpoints that nobody has called, with their last call before that, if one is known.

    On standard error it says since when anything is recorded: what is older than that nobody knows.

    \b
    What can go from todo:   shim usage idle --service todo --since 90d
    """
    config = configuration(config_path)
    scope = scope_of(config, **asked)
    with opened_store(config) as store:
        found = Report(store)
        called = found.last_calls(scope)
        before = found.last_calls(Scope(0, scope.until, scope.services))
        first = found.first(scope.until - config.usage_retention * DAY)
    rows = [row for row in _declared(config, scope, before) if (row["service"], row["slug"]) not in called]
    show(rows, ("service", "endpoint", "last_call"), form)
    if first is None:
        click.echo("nothing is recorded yet", err=True)
    else:
        short = ", which is not as long as was asked for" if first > scope.since + HOUR else ""
        click.echo(f"{len(rows)} endpoints; recorded since {written(first)}{short}", err=True)


def _declared(config: Config, scope: Scope, last: dict[tuple[str, str], int]) -> Iterator[dict[str, Any]]:
    """The endpoints of the configured services in the order of their declarations."""
    for service in discover():
        if service.name in (scope.services or config.services) and service.name in config.services:
            for endpoint in service:
                when = written(last.get((service.name, endpoint.slug)))
                yield {
                    "service": service.name,
                    "endpoint": endpoint.name,
                    "slug": endpoint.slug,
                    "last_call": when,
                }


def _names() -> dict[tuple[str, str], str]:
    """How endpoints are called, by service and slug."""
    return {(service.name, endpoint.slug): endpoint.name for service in discover() for endpoint in service}


def _row(facts: dict[str, Any], names: dict[tuple[str, str], str]) -> dict[str, Any]:
    """Facts as they are shown: endpoints by their names beside their slugs, times written."""
    row = {**facts, "last_call": written(facts["last_call"])}
    if "caller" in row:
        row["caller"] = row["caller"] or NOBODY
    if "endpoint" in row:
        row["slug"] = facts["endpoint"]
        row["endpoint"] = names.get((facts["service"], facts["endpoint"]), facts["endpoint"])
    return row


def _step(scope: Scope) -> int:
    """Whole hours, so many that there are not too many bars."""
    return max(1, -(-(scope.until - scope.since) // (_BARS * HOUR))) * HOUR


def _trend(found: Report, scope: Scope) -> str:
    return sparkline([calls for _, calls in found.series(scope, _step(scope))])
