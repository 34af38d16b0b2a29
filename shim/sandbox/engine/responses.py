"""HTTP answers of the services: JSON, and the plain ones beside GraphQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from shim.sandbox.engine import gojson

CONTENTS_UNKNOWN = "X-Sandbox-Contents"
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


def filler_response(size: int) -> Response:
    """As many bytes as a file has whose contents the data set does not hold; a header says so."""
    response = bytes_response(bytes(size))
    response.headers[CONTENTS_UNKNOWN] = "not in the data set"
    return response


def not_found() -> Response:
    """What Go's router says of a path that it does not know."""
    return text_response(404, "404 page not found\n")


def method_not_allowed() -> Response:
    """What the plain routes say to anything but GET and HEAD."""
    return text_response(405, "Method not allowed\r\n")
