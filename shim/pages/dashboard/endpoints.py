"""`/usage/endpoints`: all of them, idle ones too; below it a page for each."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from flask import url_for
from werkzeug.exceptions import NotFound

from shim.lifecycle import Lifecycle
from shim.pages import charts
from shim.pages.dashboard import figures
from shim.pages.dashboard.blueprint import page, report
from shim.pages.dashboard.figures import EndpointRow
from shim.pages.formats import Page
from shim.pages.period import Period
from shim.pages.site import here
from shim.pages.words import moment
from shim.sunset.windows import ending
from shim.usage.report import Use

_MOST_AGENTS = 20


@dataclass(frozen=True)
class CallerRow:
    """How a caller used the endpoint."""

    caller: str
    calls: int
    failed: int
    refused: int
    rehearsed: int
    last_call: datetime

    @classmethod
    def of(cls, use: Use) -> CallerRow:
        """A row from what the store knows."""
        return cls(use.caller, use.calls, use.failed, use.refused, use.rehearsed, moment(use.last_call))


@page("/usage/endpoints")
def endpoints() -> Page:
    """Every endpoint, the most used first."""
    period = Period.asked()
    rows = figures.endpoints(here(), report(), period)
    return Page("endpoints.html", "Endpoints", EndpointRow, rows, period.facts, {"period": period})


@page("/usage/endpoints/<service>/<slug>")
def endpoint(service: str, slug: str) -> Page:
    """One endpoint: what becomes of it, and who calls it."""
    found = here().find(service, slug)
    if found is None:
        raise NotFound("There is no such endpoint.")
    backend, declared = found
    asked, period = report(), Period.asked()
    scope = period.scope(service, slug)
    series, uses = asked.series(scope, period.step), asked.uses(scope)
    last = asked.last_call(service, slug)
    lifecycle = backend.lifecycle(declared)
    facts = {
        **period.facts,
        "service": service,
        "endpoint": slug,
        "name": declared.name,
        "rules": declared.rules,
        "scope": declared.scope,
        "lifecycle": asdict(lifecycle),
        "calls": sum(use.calls for use in uses),
        "last_call": last and moment(last),
        "migrate": url_for("migrate.entry", service=service, slug=slug),
        "step": period.step,
        "series": series,
        "agents": asked.agents(scope)[:_MOST_AGENTS],
    }
    chart = charts.bars(series, period.step, f"Calls of {declared.name} in the last {period.words}")
    shown = {"period": period, "chart": chart, "summary": declared.summary, "state": _state(facts["calls"], lifecycle, period)}
    return Page("endpoint.html", declared.name, CallerRow, [CallerRow.of(use) for use in uses], facts, shown)


def _state(calls: int, lifecycle: Lifecycle, period: Period) -> str:
    return figures.state(calls, ending(lifecycle), moment(period.until))
