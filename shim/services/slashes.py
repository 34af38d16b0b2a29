"""Paths with doubled slashes: redirected to the merged path, or served as it, by what the old router did (hg 2.2).

Where it redirected, the answer is 308. Where a web page took every path of a GET and found nothing (git), a front
that merges slashes used to hide that, and clients depend on it (clients 10.3): such a path is served.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, request
from werkzeug.utils import redirect

NOTHING = "nothing"
ORIGIN = "shim.origin"
_DOUBLED = re.compile("/{2,}")
_PATH = "/~:@!$&'()*+,;="
_QUERY = f"{_PATH}?%[]"


def merge(serves: bool) -> Response | None:
    """Before a request: route a doubled slash outside a path parameter to the merged path, if that is a route."""
    merged = _DOUBLED.sub("/", request.path)
    if merged == request.path or request.endpoint not in (None, NOTHING):
        return None
    router = current_app.url_map.bind_to_environ(request.environ)
    if not router.test(merged, request.method):
        return None
    rule, values = router.match(merged, request.method, return_rule=True)
    if rule.endpoint == NOTHING:
        return None
    if serves and request.method in ("GET", "HEAD"):
        request.url_rule, request.view_args, request.routing_exception = rule, dict(values), None
        return None
    return redirect(location(request.environ), 308, Response)  # type: ignore[return-value]


def location(environ: Mapping[str, Any]) -> str:
    """The merged URL of a request: at the service's own origin where it was reached by host name, else without one.

    The scheme of the connection means nothing behind a proxy that ends TLS.
    """
    prefix = "" if ORIGIN in environ else environ.get("SCRIPT_NAME", "")
    path = _DOUBLED.sub("/", f"/{prefix}/{environ.get('PATH_INFO', '')}")
    query = environ.get("QUERY_STRING", "")
    url = environ.get(ORIGIN, "") + quote(path.encode("latin-1"), _PATH)
    return f"{url}?{quote(query.encode('latin-1'), _QUERY)}" if query else url
