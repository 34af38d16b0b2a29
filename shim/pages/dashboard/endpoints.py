"""`/usage/endpoints`: all of them, idle ones too; below it a page for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from werkzeug.exceptions import NotFound

from shim.guide.entry import plain
from shim.pages import charts
from shim.pages.dashboard import figures
from shim.pages.dashboard.blueprint import page, report
from shim.pages.dashboard.figures import EndpointRow
from shim.pages.formats import Page
from shim.pages.period import Period
from shim.pages.site import here
from shim.pages.words import moment
from shim.rest.endpoint import Endpoint
from shim.services.backend import Backend
from shim.sunset.windows import ending
from shim.usage.report import Use


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
    period = Period.asked()
    uses = report().uses(period.scope(service, slug))
    facts = {**period.facts, **_declared(*found), **_used(service, slug, uses, period)}
    title = found[1].name
    shown = {
        "period": period,
        "chart": charts.bars(facts["series"], period.step, f"Calls of {title} in the last {period.words}"),
        "state": figures.state(facts["calls"], ending(found[0].lifecycle(found[1])), moment(period.until)),
    }
    return Page("endpoint.html", title, CallerRow, [CallerRow.of(use) for use in uses], facts, shown)


def _declared(backend: Backend, endpoint: Endpoint) -> dict[str, Any]:
    service, slug = backend.service.name, endpoint.slug
    return {
        "service": service,
        "endpoint": slug,
        "name": endpoint.name,
        "summary": plain(endpoint.summary),
        "rules": endpoint.rules,
        "scope": endpoint.scope,
        "lifecycle": asdict(backend.lifecycle(endpoint)),
        "migrate": url_for("migrate.entry", service=service, slug=slug),
    }


def _used(service: str, slug: str, uses: Sequence[Use], period: Period) -> dict[str, Any]:
    asked, scope = report(), period.scope(service, slug)
    last = asked.last_call(service, slug)
    return {
        "calls": sum(use.calls for use in uses),
        "last_call": None if last is None else moment(last),
        **figures.course(asked, scope, period),
        "agents": figures.agents(asked, scope),
    }
