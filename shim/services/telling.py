"""The end of a call: headers that announce the endpoint's end, an explanation on demand, and the news to observers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Response, g, request

from shim.rest import json
from shim.rest.caller import Caller
from shim.services.hooks import Exchange, Hooks

EXPLAIN = "X-Shim-Explain"
_LONGEST_AGENT = 200
_NOBODY = Caller("", "")


class Telling:
    """What the hooks of a service are told, once a call has its answer."""

    def __init__(self, service: str, hooks: Hooks, private_key: str | None) -> None:
        """`private_key` is the instance's, which tells genuine tokens that the API was not asked about."""
        self._service, self._hooks, self._private_key = service, hooks, private_key

    def finish(self, response: Response) -> Response:
        """The given answer with its headers, or its explanation; observers hear of it when it is sent."""
        if "endpoint" in g:
            response = self._explained(response)
            response.headers.extend(self._hooks.headers(g.endpoint))
        if self._hooks.observers:
            response.call_on_close(partial(self._tell, self._exchange(response)))
        return response

    def _explained(self, response: Response) -> Response:
        wanted = request.method == "GET" and "call" in g and request.headers.get(EXPLAIN) == "1"
        explanation = self._hooks.explain(g.call, response.status_code) if wanted else None
        if explanation is None:
            return response
        response.close()
        told = json.answer(explanation)
        told.headers.extend([pair for pair in response.headers if pair[0] in ("X-Request-Id", "Server-Timing")])
        return told

    def _tell(self, exchange: Exchange) -> None:
        for observe in self._hooks.observers:
            observe(exchange)

    def _exchange(self, response: Response) -> Exchange:
        # Each look through Flask's proxies costs a microsecond.
        known, environ = vars(g._get_current_object()), request.environ
        caller: Caller = known.get("caller", _NOBODY)
        call = known.get("call")
        accepted = call is not None and call.trace.accepted
        return Exchange(
            service=self._service,
            endpoint=known.get("endpoint"),
            method=environ["REQUEST_METHOD"],
            status=response.status_code,
            caller=caller.name,
            fingerprint=caller.fingerprint,
            scheme=_scheme(environ),
            agent=environ.get("HTTP_USER_AGENT", "")[:_LONGEST_AGENT],
            accepted=accepted,
            began=known["began"],
            seconds=time.perf_counter() - known["begin"],
            upstream=call.trace.calls() if call else (),
            bytes=response.calculate_content_length() or 0,
            refused=known.get("refused", False),
            rehearsed=known.get("rehearsed", False),
            verified=not accepted and caller.is_proven(self._private_key),
            waited=call.trace.waited if call else 0.0,
            failures=tuple(call.trace.failures) if call else (),
        )


def _scheme(environ: Mapping[str, Any]) -> str:
    if environ.get("HTTP_X_SRHT_AUTHORIZATION"):
        return "Internal"
    scheme = environ.get("HTTP_AUTHORIZATION", "").partition(" ")[0]
    return scheme if scheme in ("token", "Bearer", "Internal") else ""
