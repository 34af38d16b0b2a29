"""Paths that were also forms of todo.sr.ht's web pages (todo 2.1)."""

from __future__ import annotations

from werkzeug.exceptions import MethodNotAllowed

from shim.rest.endpoint import Endpoints
from shim.services.call import Call

forms = Endpoints()


@forms.post("/api/version", authorized=False)
@forms.post("/api/user", authorized=False)
def submit(call: Call) -> None:
    """POST led to the login page; what is left of it is that OPTIONS names it."""
    raise MethodNotAllowed(["GET", "HEAD", "OPTIONS"])
