"""Endpoints and services with their use in a period and with their end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shim.lifecycle import UNDECLARED, Lifecycle
from shim.pages.charts import Bar
from shim.pages.period import Period
from shim.pages.site import Site
from shim.pages.words import moment
from shim.services.backend import Backend
from shim.sunset.outreach import Contact, Outreach, is_name
from shim.sunset.windows import ending
from shim.usage.report import CallerUse, EndpointUse, Report, Scope, ServiceUse

NEAR = timedelta(days=90)
"""How far ahead an end is near."""
_MOST_AGENTS = 20
IDLE, USED, ENDING = "idle", "used", "ending"


@dataclass(frozen=True)
class EndpointRow:
    """An endpoint: its use, and what becomes of it. `name` is its method and first rule, its slug if it is no more."""

    service: str
    endpoint: str
    name: str
    state: str
    calls: int
    callers: int
    last_call: datetime | None
    refused: int
    rehearsed: int
    deprecated: datetime | None
    sunset: datetime | None
    removal: datetime | None
    successor: str | None

    @property
    def ends(self) -> datetime | None:
        """When it answers for the last time."""
        return min(filter(None, (self.sunset, self.removal)), default=None)


@dataclass(frozen=True)
class ServiceRow:
    """A service: the use of all its endpoints, and the first end of one that is used (without one: of any)."""

    service: str
    state: str
    calls: int
    callers: int
    endpoints: int
    used_endpoints: int
    last_call: datetime | None
    refused: int
    rehearsed: int
    ends: datetime | None


@dataclass(frozen=True)
class CallerRow:
    """What a caller used, and how far the outreach has come: empty for whom nobody can write to."""

    caller: str
    calls: int
    endpoints: int
    last_call: datetime
    agents: tuple[str, ...]
    outreach: str


@dataclass(frozen=True)
class AgentRow:
    """How much a program was used."""

    agent: str
    calls: int
    last_call: datetime


def endpoints(site: Site, report: Report, period: Period) -> list[EndpointRow]:
    """All endpoints, the used ones first, by calls; those that were called and are no more as well."""
    found = {(use.service, use.endpoint): use for use in report.by_endpoint(period.scope())}
    rows = []
    for backend, endpoint in site:
        use = found.pop((backend.service.name, endpoint.slug), None)
        use = use or EndpointUse(backend.service.name, endpoint.slug, 0, 0, 0, 0, 0)
        rows.append(_row(use, endpoint.name, backend.lifecycle(endpoint), period))
    rows += (_row(use, use.endpoint or "no endpoint", UNDECLARED, period) for use in found.values())
    return sorted(rows, key=lambda row: -row.calls)


def _row(use: EndpointUse, name: str, lifecycle: Lifecycle, period: Period) -> EndpointRow:
    return EndpointRow(
        service=use.service,
        endpoint=use.endpoint,
        name=name,
        state=state(use.calls, ending(lifecycle), moment(period.until)),
        calls=use.calls,
        callers=use.callers,
        last_call=moment(use.last_call) if use.last_call else None,
        refused=use.refused,
        rehearsed=use.rehearsed,
        deprecated=lifecycle.deprecated,
        sunset=lifecycle.sunset,
        removal=lifecycle.removal,
        successor=lifecycle.successor,
    )


def services(site: Site, report: Report, period: Period, rows: Sequence[EndpointRow]) -> list[ServiceRow]:
    """All services, given the rows of all endpoints."""
    used = {use.service: use for use in report.by_service(period.scope())}
    idle = ServiceUse("", 0, 0, 0, 0, 0)
    return [_service(backend, used.get(name, idle), rows, period) for name, backend in site.backends.items()]


def _service(backend: Backend, use: ServiceUse, rows: Sequence[EndpointRow], period: Period) -> ServiceRow:
    name, slugs = backend.service.name, {endpoint.slug for endpoint in backend.service}
    own = [row for row in rows if row.service == name]
    used = [row for row in own if row.calls]
    ends = min(filter(None, (row.ends for row in used or own)), default=None)
    return ServiceRow(
        service=name,
        state=state(use.calls, ends, moment(period.until)),
        calls=use.calls,
        callers=use.callers,
        endpoints=len(slugs),
        used_endpoints=sum(1 for row in used if row.endpoint in slugs),
        last_call=moment(use.last_call) if use.calls else None,
        refused=use.refused,
        rehearsed=use.rehearsed,
        ends=ends,
    )


def callers(report: Report, outreach: Outreach, period: Period) -> list[CallerRow]:
    """All callers, most calls first."""
    contacts = outreach.contacts()
    return [_caller(use, contacts.get(use.caller)) for use in report.by_caller(period.scope())]


def _caller(use: CallerUse, contact: Contact | None) -> CallerRow:
    standing = (contact or Contact(use.caller)).standing(use.last_call) if is_name(use.caller) else ""
    return CallerRow(use.caller, use.calls, use.endpoints, moment(use.last_call), use.agents, standing)


def course(report: Report, scope: Scope, period: Period) -> dict[str, Any]:
    """How the calls of a scope went in time: the seconds of each step, and its calls."""
    series = [Bar(moment(begin), calls) for begin, calls in report.series(scope, period.step)]
    return {"step": period.step, "series": series}


def agents(report: Report, scope: Scope) -> list[AgentRow]:
    """The programs that were used most."""
    found = report.agents(scope)[:_MOST_AGENTS]
    return [AgentRow(use.agent, use.calls, moment(use.last_call)) for use in found]


def state(calls: int, ends: datetime | None, now: datetime) -> str:
    """A traffic light: nobody uses it; it is used; it is used and its end is near, or behind."""
    if not calls:
        return IDLE
    return ENDING if ends is not None and ends - now <= NEAR else USED
