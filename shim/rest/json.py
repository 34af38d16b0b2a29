"""JSON as the old services wrote it (conventions 6.6): Python's separators, ASCII escapes, no final newline."""

from __future__ import annotations

import json
from typing import Any

from flask import Response

CONTENT_TYPE = "application/json"


def dumps(value: Any) -> str:
    """The text of a value; keys keep their order, everything beyond ASCII is escaped."""
    return json.dumps(value)


def answer(value: Any, status: int = 200) -> Response:
    """A JSON answer without a charset parameter."""
    return Response(dumps(value), status=status, content_type=CONTENT_TYPE)


def no_content() -> Response:
    """A 204: no body, and yet the content type of JSON (git Q27)."""
    return Response(status=204, content_type=CONTENT_TYPE)


def text(body: str | bytes, status: int = 200, content_type: str = "text/html; charset=utf-8") -> Response:
    """A bare text; what the old code returned as a string was sent as HTML."""
    return Response(body, status=status, content_type=content_type)
