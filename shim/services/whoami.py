"""Who calls, as the services say it: one is asked, and the next where that one is down or does not know them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Request

from shim.rest.body import Body
from shim.rest.caller import authenticate
from shim.rest.endpoint import Endpoint
from shim.rest.errors import Refusal
from shim.services.asking import Asking
from shim.services.backend import Backend
from shim.upstream import Kind, UpstreamError

MOST_ASKED = 3
_ONE_IS_DOWN = frozenset({Kind.TEMPORARY, Kind.UNREACHABLE})


def whoami(request: Request, endpoint: Endpoint, backends: Sequence[Backend]) -> str:
    """The name of who asks, as the first of some services tells it that can. Raises the old refusals of the last."""
    body = Body(request)
    *others, last = backends[:MOST_ASKED]
    for backend in others:
        try:
            return _told(request, endpoint, backend, body)
        except Refusal as refusal:
            cause = refusal.__cause__
            if not isinstance(cause, UpstreamError) or cause.kind not in _ONE_IS_DOWN:
                raise
    return _told(request, endpoint, last, body)


def _told(request: Request, endpoint: Endpoint, backend: Backend, body: Body) -> str:
    return Asking(backend, endpoint, request, body, authenticate(request, backend.policy)).whoami()
