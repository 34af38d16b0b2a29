"""Plain HTTP answers of the services, beside GraphQL."""

from __future__ import annotations

from flask import Response

PLAIN = "text/plain; charset=utf-8"
CONTENTS_UNKNOWN = "X-Sandbox-Contents"


def text_response(status: int, text: str) -> Response:
    """A text."""
    return Response(text, status, content_type=PLAIN)


def bytes_response(content: bytes) -> Response:
    """The bytes of a file."""
    return Response(content, content_type="application/octet-stream")


def filler_response(size: int) -> Response:
    """As many bytes as a file has whose contents the data set does not hold; a header says so."""
    response = bytes_response(bytes(size))
    response.headers[CONTENTS_UNKNOWN] = "not in the data set"
    return response


def method_not_allowed() -> Response:
    """What the routes say to anything but GET and HEAD."""
    return text_response(405, "Method not allowed\r\n")
