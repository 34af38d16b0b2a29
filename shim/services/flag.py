"""How answers say that something may be missing in them."""

from __future__ import annotations

from flask import Response

INCOMPLETE = "X-Shim-Incomplete"


def flagged(response: Response, *, complete: bool) -> Response:
    """The answer, with a header unless all is in it that the old one had (lists 4.2)."""
    if not complete:
        response.headers[INCOMPLETE] = "1"
    return response
