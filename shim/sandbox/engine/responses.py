"""HTTP answers of the services: JSON, and the plain ones beside GraphQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from shim.sandbox.engine import gojson

NO_PAGE = "404 page not found\n"
_PLAIN = "text/plain; charset=utf-8"


def json_response(status: int, value: Mapping[str, Any]) -> Response:
    """JSON as Go writes it."""
    return Response(gojson.encode(value), status, mimetype="application/json")


def text_response(status: int, text: str | bytes) -> Response:
    """A text."""
    return Response(text, status, content_type=_PLAIN)


def bytes_response(content: bytes) -> Response:
    """The bytes of a file."""
    return Response(content, content_type="application/octet-stream")


def not_found() -> Response:
    """What Go's router says of a path that it does not know."""
    return text_response(404, NO_PAGE)


def method_not_allowed() -> Response:
    """What the plain routes say to anything but GET and HEAD."""
    return text_response(405, "Method not allowed\r\n")


def only_get() -> Response:
    """What routes say to any other method that their router knows by GET alone."""
    return Response(status=405, headers={"Allow": "GET"})
