"""`/api/shim/usage`: callers learn what their own programs still use, and what to ask GraphQL instead.

Who asks is who the API says they are, never who a token says: one service is asked for the caller, through the gate and
within the budget of any legacy call, and the next where that one is down. Errors are those of the old services.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from shim.pages.period import Period
from shim.pages.site import here
from shim.pages.words import iso, moment
from shim.rest import errors, json
from shim.rest.caller import authenticate
from shim.rest.endpoint import Endpoint
from shim.rest.errors import Refusal, reason
from shim.services.answers import NOT_PERMITTED
from shim.services.whoami import whoami
from shim.store import StoreError
from shim.sunset.facts import examples
from shim.sunset.outreach import is_name
from shim.sunset.prospects import Prospect, Prospects
from shim.usage.identity import Identity
from shim.usage.report import Report

own = Blueprint("own", __name__)
errors.install(own)
OFF = "This shim keeps no record of calls: its operator has turned that off"
UNUSABLE = "The record of calls can't be used now; try again later"
_LATER = {"Retry-After": "10"}
_KEPT = {
    "name": "",
    "hash": "Callers are recorded as hashes of their names.",
    "none": "Callers are not recorded, so nothing is known of new calls.",
}


@own.get("/api/shim/usage")
def usage() -> Response:
    """The caller's own endpoints: how much, by what, until when, and what replaces each."""
    store = here().store
    if store is None:
        raise Refusal(503, OFF)
    period = _period()
    name = _asker()
    config = here().config
    forms = Identity.of(config).forms(name) if is_name(name) else ()
    prospects = Prospects(Report(store, here().now), here().backends, moment(period.until))
    try:
        found = prospects.of(forms, period.since, period.until)
    except StoreError:
        raise Refusal(503, UNUSABLE, headers=_LATER) from None
    told = {
        "caller": f"~{name}",
        "since": iso(moment(period.since)),
        "until": iso(moment(period.until)),
        "note": _KEPT[config.usage_identity],
        "results": [_told(prospect, name) for prospect in found],
        "total": len(found),
    }
    return json.answer(told)


def _asker() -> str:
    """The name of who asks, as a service tells it that the token is good for. Raises the old refusals."""
    backends = list(here().backends.values())
    caller = authenticate(request, backends[0].policy)
    able = [b for b in backends if not any(map(caller.lacks, b.service.granting(None)))]
    if not able:
        raise _not_permitted([" ".join(b.service.granting(None)) for b in backends])
    return whoami(request, _ENDPOINT, able)


def _not_permitted(grants: Sequence[str]) -> Refusal:
    """The refusal of a token that has none of the grants each of which would do, which names the first to machines."""
    challenge = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{grants[0]}"'}
    return Refusal(403, NOT_PERMITTED.format(scope=" or ".join(grants)), headers=challenge)


def _period() -> Period:
    try:
        return Period.asked()
    except BadRequest as error:
        raise Refusal(400, reason(error.description or "", "since")) from None


def _told(prospect: Prospect, name: str) -> dict[str, Any]:
    use, lifecycle, guide, brownout = prospect.use, prospect.lifecycle, prospect.guide, prospect.brownout
    return {
        "service": use.service,
        "endpoint": guide.title,
        "slug": use.endpoint,
        "calls": use.calls,
        "last_call": iso(moment(use.last_call)),
        "refused": use.refused,
        "rehearsed": use.rehearsed,
        "agents": [{"agent": agent.agent, "calls": agent.calls} for agent in prospect.agents],
        "deprecated": _dated(lifecycle.deprecated),
        "sunset": _dated(lifecycle.sunset),
        "removal": _dated(lifecycle.removal),
        "brownout": brownout and {"begin": iso(brownout.begin), "end": iso(brownout.end)},
        "successor": lifecycle.successor,
        "note": lifecycle.note,
        "owner": lifecycle.owner,
        "grants": list(guide.grants),
        "documents": [
            {
                "operation": document.operation,
                "kind": document.kind,
                "form": document.form,
                "document": document.text,
                "variables": examples(document, name),
            }
            for document in guide.documents
        ],
        "notes": list(guide.notes),
        "migrate": prospect.page,
    }


def _dated(time: datetime | None) -> str | None:
    return iso(time) if time else None


_ENDPOINT = Endpoint("GET", ("/api/shim/usage",), usage)
