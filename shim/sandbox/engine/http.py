"""The HTTP side: one Flask app for several services, each below its own first path segment."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.wrappers import Request

from shim.sandbox.engine import gojson, transport
from shim.sandbox.engine.context import Served
from shim.sandbox.engine.errors import PANIC, AuthError, DiedError, RequestError
from shim.sandbox.engine.process import Process
from shim.sandbox.engine.responses import json_response, not_found, text_response

META = "/query/api-meta.json"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_log = logging.getLogger(__name__)


def create_app(endpoints: Mapping[str, Endpoint], reset_to: Callable[[Any], None]) -> Flask:
    """The app that serves endpoints at `/<service>/query...`, and `POST /reset`.

    `reset_to` gets the JSON that is posted there; it raises TypeError or AttributeError for what it cannot use.
    """
    app = Flask("shim.sandbox", static_folder=None)

    def reset() -> Response:
        try:
            reset_to(request.get_json(silent=True) or {})
        except (TypeError, AttributeError):
            return text_response(400, "these are no conditions\n")
        return Response(status=204)

    def serve(path: str) -> Response:
        slug, _, rest = path.partition("/")
        return endpoints[slug].serve(request, f"/{rest}") if slug in endpoints else not_found()

    app.url_map.merge_slashes = False
    app.add_url_rule("/reset", "reset", reset, methods=["POST"])
    app.add_url_rule("/<path:path>", "serve", serve, methods=METHODS, provide_automatic_options=False)
    app.register_error_handler(404, lambda _error: not_found())
    return app


def plain_routes(service: Served) -> MapAdapter:
    """What a service serves below `/query/`."""
    rules = [Rule(f"/query/{rule}", endpoint=route) for rule, route in service.routes.items()]
    return Map(rules, strict_slashes=True, merge_slashes=False, redirect_defaults=False).bind("")


class Endpoint:
    """The HTTP side of one service."""

    def __init__(self, service: Served, process: Process) -> None:
        self._service = service
        self._process = process
        self._routes = plain_routes(service)

    def serve(self, request: Request, path: str) -> Response:
        """Answer a request whose path within the service is `path`, if the process lives to see it."""
        request.get_data()
        with self._process.working(request.environ.get("werkzeug.socket")):
            return self._answer(request, path)

    def _answer(self, request: Request, path: str) -> Response:
        if path == META:
            return json_response(200, {"scopes": self._service.schema.scopes})
        if path != "/query" and not path.startswith("/query/"):
            return not_found()
        before = b""
        try:
            header = request.headers.get("Authorization")
            caller = self._service.authenticate(header.strip() if header else header, request.cookies)
        except AuthError as refusal:
            before = gojson.encode(self._refusal(refusal))
            if refusal.caller is None:
                return Response(before * (1 + refusal.repeated), refusal.status, mimetype="application/json")
            caller = refusal.caller
        call = self._service.call(caller, f"{request.host_url}{self._service.slug}", transport.client(request))
        response = self._dispatch(call, request, path)
        if before:
            response = Response(before + response.get_data(), 403, mimetype="application/json")
        return response

    def _dispatch(self, call: Any, request: Request, path: str) -> Response:
        try:
            if path == "/query":
                return self._graphql(call, request)
            route, arguments = self._routes.match(path, method="GET")
            return route(call, request, **arguments)  # type: ignore[no-any-return]
        except HTTPException:
            return not_found()
        except DiedError as death:
            self._process.die(str(death))
        except Exception:
            _log.exception("%s %s", request.method, path)
            return json_response(500, {"errors": [{"message": PANIC}], "data": None})
        return Response(status=500)  # reaches nobody who came by a connection

    def _graphql(self, call: Any, request: Request) -> Response:
        try:
            asked = transport.read(request, self._service.core)
            answer = self._service.answer(
                call, asked.query, asked.variables, asked.operation_name, read_only=asked.read_only
            )
            return json_response(200, answer)
        except RequestError as refusal:
            return json_response(refusal.status, {"errors": refusal.errors, "data": None})
        except transport.UnsupportedError:
            body = gojson.encode({"errors": [{"message": "transport not supported"}], "data": None})
            return text_response(400, body)

    def _refusal(self, refusal: AuthError) -> dict[str, Any]:
        code = {"extensions": {"code": "ERR_UNAUTHORIZED"}} if self._service.era >= "2026" else {}
        return {"errors": [{"message": refusal.message, **code}]}
