"""/api/<u>/repos/<r>/webhooks...: hg never had them (hg 2.1 row 24, gap 13)."""

from __future__ import annotations

from flask import Response

from shim.rest.errors import Refusal
from shim.services.call import Call
from shim.services.webhooks import subscription_routes

UNAVAILABLE = "hg repository webhooks are not available"


def _unavailable(call: Call, id: int | None = None, **parent: str) -> Response:  # noqa: A002
    """Nothing that could be accepted and then stay silent."""
    call.require(call.fetch("User"), "owner")
    raise Refusal(501, UNAVAILABLE)


repository_webhooks = subscription_routes("/api/<u>/repos/<r>", ("User",), _unavailable)
