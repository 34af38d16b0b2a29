"""JSON as the old services wrote it (conventions 6.6): Python's separators, ASCII escapes, no final newline.

That is, but for the webhooks which their Go side sent.
"""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Response

CONTENT_TYPE = "application/json"
_HALVES = dict.fromkeys(range(0xD800, 0xE000), "\\ufffd")
_ESCAPED = {**{ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}, **_HALVES}
_SHORT = re.compile(r"\\(.)")
_LONG = {"b": "\\u0008", "f": "\\u000c"}


def dumps(value: Any) -> str:
    """The text of a value; keys keep their order, everything beyond ASCII is escaped."""
    return json.dumps(value)


def compact(value: Any) -> str:
    """The text of a value as the Go senders of webhooks wrote it (git 6.1, todo 6.1).

    Without blanks; what is no ASCII stands as it is, but for `<`, `>`, `&` and two line ends. A byte that is no UTF-8,
    held as a surrogate, is written as `\\ufffd`.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _SHORT.sub(lambda match: _LONG.get(match[1], match[0]), text).translate(_ESCAPED)


def answer(value: Any, status: int = 200) -> Response:
    """A JSON answer without a charset parameter."""
    return Response(dumps(value), status=status, content_type=CONTENT_TYPE)


def no_content() -> Response:
    """A 204: no body, and yet the content type of JSON (git Q27)."""
    return Response(status=204, content_type=CONTENT_TYPE)


def text(body: str | bytes, status: int = 200, content_type: str = "text/html; charset=utf-8") -> Response:
    """A bare text; what the old code returned as a string was sent as HTML."""
    return Response(body, status=status, content_type=content_type)
