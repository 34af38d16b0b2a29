"""`/usage/callers`: who calls; below it a page for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from werkzeug.exceptions import NotFound

from shim.lifecycle import UNDECLARED
from shim.pages import charts, words
from shim.pages.dashboard import figures
from shim.pages.dashboard.blueprint import opened, page, report
from shim.pages.dashboard.figures import CallerRow
from shim.pages.formats import Page
from shim.pages.period import Period
from shim.pages.site import here
from shim.pages.words import moment
from shim.sunset.outreach import Contact, Outreach, is_name
from shim.usage.report import UNKNOWN, Use

_LONGEST_NAME = 200


@dataclass(frozen=True)
class UseRow:
    """How the caller used an endpoint, and what becomes of that."""

    service: str
    endpoint: str
    name: str
    calls: int
    failed: int
    refused: int
    rehearsed: int
    last_call: datetime
    sunset: datetime | None
    removal: datetime | None
    successor: str | None


@page("/usage/callers")
def callers() -> Page:
    """Every caller, the busiest first."""
    period = Period.asked()
    rows = figures.callers(report(), Outreach(opened()), period)
    return Page("callers.html", "Callers", CallerRow, rows, period.facts, {"period": period})


@page("/usage/callers/<path:name>")
def caller(name: str) -> Page:
    """One caller: what they use, with what, and what was agreed with them."""
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise NotFound("Nobody has such a name.")
    stored, period = UNKNOWN if name == words.NOBODY else name, Period.asked()
    uses = report().uses(period.scope(callers=(stored,)))
    facts = {**period.facts, **_told(stored, uses, period)}
    title = words.caller(stored)
    chart = charts.bars(facts["series"], period.step, f"Calls of {title} in the last {period.words}")
    return Page("caller.html", title, UseRow, list(map(_use, uses)), facts, {"period": period, "chart": chart})


def _told(name: str, uses: Sequence[Use], period: Period) -> dict[str, Any]:
    asked, scope = report(), period.scope(callers=(name,))
    last = max((use.last_call for use in uses), default=None)
    return {
        "caller": name,
        "calls": sum(use.calls for use in uses),
        "last_call": None if last is None else moment(last),
        "outreach": _agreed(name, last) if is_name(name) else None,
        **figures.course(asked, scope, period),
        "agents": figures.agents(asked, scope),
    }


def _use(use: Use) -> UseRow:
    found = here().find(use.service, use.endpoint)
    fate = found[0].lifecycle(found[1]) if found else UNDECLARED
    return UseRow(
        service=use.service,
        endpoint=use.endpoint,
        name=found[1].name if found else use.endpoint or "no endpoint",
        calls=use.calls,
        failed=use.failed,
        refused=use.refused,
        rehearsed=use.rehearsed,
        last_call=moment(use.last_call),
        sunset=fate.sunset,
        removal=fate.removal,
        successor=fate.successor,
    )


def _agreed(name: str, last: int | None) -> dict[str, Any]:
    """What is noted of a caller, with the state that holds given their last call."""
    contact = Outreach(opened()).contacts().get(name, Contact(name))
    times = {key: moment(value) for key, value in asdict(contact).items() if key.endswith("_at") and value}
    return {"state": contact.standing(last), "consent": contact.consent, "note": contact.note, **times}
