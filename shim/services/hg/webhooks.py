"""/api/user/webhooks... like git's, and /api/<u>/repos/<r>/webhooks..., which hg never had (hg 2.1 row 24, gap 13)."""

from __future__ import annotations

from flask import Response

from shim.rest.endpoint import Endpoints
from shim.rest.errors import Refusal
from shim.services.call import Call
from shim.services.hg.payloads import user_events
from shim.services.levels import Level
from shim.services.webhooks import hook_routes

UNAVAILABLE = "hg repository webhooks are not available"
_HOOKS = "/api/<u>/repos/<r>/webhooks"
_DELIVERY = f"{_HOOKS}/<id>/deliveries/<uuid>"

user_webhooks = hook_routes(Level(user_events))
repository_webhooks = Endpoints()


@repository_webhooks.get(_HOOKS, f"{_HOOKS}/<id>", f"{_HOOKS}/<id>/deliveries", _DELIVERY, operation="User")
@repository_webhooks.post(_HOOKS, f"{_DELIVERY}/redeliver", operation="User")
@repository_webhooks.delete(f"{_HOOKS}/<id>", operation="User")
def refuse(call: Call, **parts: str) -> Response:
    """Nothing that could be accepted and then stay silent."""
    call.require(call.fetch("User"), "owner")
    raise Refusal(501, UNAVAILABLE)
