"""/api/<u>/repos/<r>/webhooks...: hg never had them (hg 2.1 row 24, gap 13)."""

from __future__ import annotations

from flask import Response

from shim.rest.endpoint import Endpoints
from shim.rest.errors import Refusal
from shim.services.call import Call

UNAVAILABLE = "hg repository webhooks are not available"
_HOOKS = "/api/<u>/repos/<r>/webhooks"
_DELIVERY = f"{_HOOKS}/<id>/deliveries/<uuid>"

repository_webhooks = Endpoints()


@repository_webhooks.get(_HOOKS, f"{_HOOKS}/<id>", f"{_HOOKS}/<id>/deliveries", _DELIVERY, operation="User")
@repository_webhooks.post(_HOOKS, f"{_DELIVERY}/redeliver", operation="User")
@repository_webhooks.delete(f"{_HOOKS}/<id>", operation="User")
def refuse(call: Call, **parts: str) -> Response:
    """Nothing that could be accepted and then stay silent."""
    call.require(call.fetch("User"), "owner")
    raise Refusal(501, UNAVAILABLE)
