"""Turns a service's declarations into a Flask app: routes, callers, scopes, then the view."""

from __future__ import annotations

import secrets
import time
from functools import partial
from typing import Any

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import NotFound

from shim.rest import errors
from shim.rest.body import Body
from shim.rest.caller import Caller, authenticate
from shim.rest.endpoint import Endpoint
from shim.rest.errors import Refusal
from shim.rest.intake import is_left
from shim.services import slashes
from shim.services.answers import Answers
from shim.services.backend import Backend
from shim.services.call import Call
from shim.services.hooks import UNHOOKED, Hooks, Refused
from shim.services.slashes import NOTHING
from shim.services.telling import Telling

log = structlog.get_logger(__name__)
ANYBODY = Caller("", "")


def build(backend: Backend, hooks: Hooks = UNHOOKED) -> Flask:
    """The app that answers one service's legacy API."""
    app = Flask(f"shim.{backend.service.name}", static_folder=None)
    app.url_map.strict_slashes = backend.service.strict_slashes
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for endpoint in backend.service:
        view = _view(backend, endpoint, hooks)
        for rule in endpoint.rules:
            app.add_url_rule(rule, f"{endpoint.method} {rule}", view, methods=[endpoint.method])
    if backend.service.catches_all:
        app.add_url_rule("/<path:path>", NOTHING, _nothing, methods=["GET"])
    errors.install(app)
    app.before_request(_begin)
    app.before_request(partial(slashes.merge, backend.service.serves_doubled_slashes))
    app.after_request(partial(_finish, Telling(backend.service.name, hooks, backend.instance.private_key)))
    return app


def _view(backend: Backend, endpoint: Endpoint, hooks: Hooks) -> Any:
    def view(**values: str) -> Any:
        owner = values.pop("u", None)
        g.endpoint = endpoint
        call = _admit(backend, endpoint, owner, hooks)
        return endpoint.view(call, **values)

    return view


def _admit(backend: Backend, endpoint: Endpoint, owner: str | None, hooks: Hooks) -> Call:
    """The order of the old code: body, caller, scope, and only then what the path names."""
    body = Body(request, endpoint.limit)
    try:
        caller = g.caller = _caller(backend, endpoint)
        g.rehearsed = hooks.admit(endpoint, caller)
        if any(map(caller.lacks, backend.service.needs(endpoint))) and backend.deputy(endpoint) is None:
            raise Answers(backend, endpoint, ()).not_permitted()
    except Refused as refused:
        g.refused = True
        raise refused.answer from None
    except Refusal as refusal:
        raise refusal.after(body.problems) from None
    if owner is not None and "@" in owner and backend.service.by_address:
        call = g.call = Call(backend, endpoint, request, body, caller)
        call.confirm_address(owner)
        return call
    if owner is not None and not owner.startswith("~"):
        raise NotFound
    call = g.call = Call(backend, endpoint, request, body, caller, owner and owner[1:])
    return call


def _caller(backend: Backend, endpoint: Endpoint) -> Caller:
    """Who calls; nobody where nobody was asked, and where somebody else's credential stands in for a bad one."""
    if not endpoint.authorized:
        return ANYBODY
    try:
        return authenticate(request, backend.policy)
    except Refusal:
        if backend.deputy(endpoint) is None:
            raise
        return ANYBODY


def _nothing(path: str) -> Response:
    """What is no route: the old web routes took any path and found nothing."""
    raise NotFound


def _begin() -> None:
    g.began, g.begin = time.time(), time.perf_counter()
    g.request_id = secrets.token_hex(8)
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _finish(telling: Telling, response: Response) -> Response:
    if is_left(request.environ):
        response.headers["Connection"] = "close"
    _tell(response.status_code)
    response.headers["X-Request-Id"] = g.request_id
    response.headers["Server-Timing"] = ", ".join(_timings())
    structlog.contextvars.clear_contextvars()
    return telling.finish(response)


def _tell(status: int) -> None:
    """Log a failure that nothing else has told of. A 501 is none: it is what GraphQL can't give, as documented."""
    told = g.get("told") or ("call" in g and g.call.trace.told)
    if status >= 500 and status != 501 and not told:
        log.warning("failure", status=status, path=errors.shown_path(), method=request.method)


def _timings() -> list[str]:
    """Server-Timing entries: the whole call at its endpoint, the wait at the gate, each operation with its calls.

    Durations are in milliseconds.
    """
    total = f'total;dur={(time.perf_counter() - g.begin) * 1000:.1f};desc="{request.endpoint or NOTHING}"'
    if "call" not in g:
        return [total]
    waited = f"gate;dur={g.call.trace.waited * 1000:.1f}"
    calls = g.call.trace.timings.items()
    return [total, waited, *(f'{name};dur={sum(t) * 1000:.1f};desc="{len(t)}"' for name, t in calls)]
