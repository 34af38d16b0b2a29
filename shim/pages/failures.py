"""What is wrong, as a page, or as JSON for who asked for JSON."""

from __future__ import annotations

import structlog
from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from shim.rest.errors import Refusal, is_api
from shim.store import StoreError

log = structlog.get_logger(__name__)
_STORE = "The store can't be used now, so there are no figures to show. Calls are answered all the same."


def install(app: Flask) -> None:
    """Let an app answer with these."""
    app.register_error_handler(HTTPException, told)
    app.register_error_handler(StoreError, _store)
    app.register_error_handler(Exception, _failure)


def told(error: HTTPException) -> Response:
    """An error's answer."""
    answer = _body(error)
    answer.status_code = error.code or 500
    for name, value in error.get_headers():
        if name != "Content-Type":
            answer.headers[name] = value
    return answer


def _body(error: HTTPException) -> Response:
    if is_api(request.path):
        return Refusal(error.code or 500, error.description or error.name).response()
    if request.path.endswith(".json"):
        return jsonify(error=error.description, status=error.code)
    return Response(render_template("failure.html", error=error), content_type="text/html; charset=utf-8")


def _store(error: StoreError) -> Response:
    log.warning("dashboard: no store", problem=str(error))
    return told(ServiceUnavailable(_STORE, retry_after=10))


def _failure(error: Exception) -> Response:
    log.error("failure", path=request.path, exc_info=error)
    return told(InternalServerError("This page can't be made; the log says why."))
