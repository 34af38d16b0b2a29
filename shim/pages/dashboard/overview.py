"""`/usage`: how each service stands, what is called most, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shim.pages import charts
from shim.pages.dashboard import figures
from shim.pages.dashboard.blueprint import opened, page, report
from shim.pages.dashboard.figures import CallerRow, EndpointRow, ServiceRow
from shim.pages.formats import Page
from shim.pages.period import Period
from shim.pages.site import here
from shim.pages.words import is_known
from shim.sunset.outreach import Outreach

_MOST = 10


@page("/usage")
def overview() -> Page:
    """All services in one look."""
    site, asked, period = here(), report(), Period.asked()
    endpoints = figures.endpoints(site, asked, period)
    services = figures.services(site, asked, period, endpoints)
    callers = figures.callers(asked, Outreach(opened()), period)
    facts: dict[str, Any] = {
        **period.facts,
        "totals": _totals(services, endpoints, callers),
        "losses": asked.losses(period.scope()),
        **figures.course(asked, period.scope(), period),
        "top_endpoints": [row for row in endpoints[:_MOST] if row.calls],
        "top_callers": callers[:_MOST],
    }
    chart = charts.bars(facts["series"], period.step, f"Calls in the last {period.words}")
    return Page("overview.html", "Who still uses what", ServiceRow, services, facts, {"period": period, "chart": chart})


def _totals(
    services: Sequence[ServiceRow], endpoints: Sequence[EndpointRow], callers: Sequence[CallerRow]
) -> dict[str, int]:
    return {
        "calls": sum(row.calls for row in endpoints),
        "callers": sum(1 for row in callers if is_known(row.caller)),
        "endpoints": sum(row.endpoints for row in services),
        "used_endpoints": sum(row.used_endpoints for row in services),
        "refused": sum(row.refused for row in endpoints),
        "rehearsed": sum(row.rehearsed for row in endpoints),
    }
