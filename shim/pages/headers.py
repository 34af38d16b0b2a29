"""What every answer says about itself: nothing runs, nothing comes from elsewhere, nobody frames it."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib import resources

from flask import Response
from markupsafe import Markup

_FILE = resources.files("shim.pages").joinpath("templates", "style.css")
STYLE = Markup(_FILE.read_text("utf-8"))  # noqa: S704  it is our own
"""The stylesheet, which stands in every page: the policy names it by its hash."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_SAID = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def add(response: Response) -> Response:
    """The given answer with what it does not yet say of this; without a word of its own it is not to be stored."""
    for name, value in _SAID.items():
        response.headers.setdefault(name, value)
    return response
