"""Endpoints by name: a slug, or a method and a path, of a rule or of a real call."""

from __future__ import annotations

import re
from difflib import get_close_matches

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, MapAdapter, RequestRedirect, Rule

from shim.rest.endpoint import Endpoint
from shim.services.service import Service

_MOST_NEAR = 3


class NoSuchEndpoint(LookupError):
    """Nothing goes by that name; `near` are names that do and look alike."""

    def __init__(self, name: str, near: list[str]) -> None:
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"no endpoint {name!r}{hint}")
        self.near = near


def slug(endpoint: Endpoint) -> str:
    """What an endpoint is called in addresses: `get-repos-r-refs` of `GET /api/repos/<r>/refs`."""
    pieces = re.findall(r"\w+", re.sub(r"<(?:[^<>]+:)?(\w+)>", r"\1", endpoint.rules[0]))
    return "-".join([endpoint.method.lower(), *pieces[pieces[:1] == ["api"] :]])


def find(service: Service, name: str) -> Endpoint:
    """The endpoint of a slug, of a rule as it is declared, or of a call: `GET /api/repos/weather/refs`.

    Raises NoSuchEndpoint.
    """
    method, _, path = name.strip().partition(" ")
    for endpoint in service:
        if name == slug(endpoint) or (endpoint.method == method.upper() and path.strip() in endpoint.rules):
            return endpoint
    found = _routed(service, method.upper(), path.strip().partition("?")[0]) if path else None
    if found is None:
        raise NoSuchEndpoint(name, _near(service, name))
    return found


def _routed(service: Service, method: str, path: str) -> Endpoint | None:
    """The endpoint that a service's app would choose for a call."""
    try:
        endpoint, _ = _routes(service).match(path, method)
    except (HTTPException, RequestRedirect):
        return None
    assert isinstance(endpoint, Endpoint)
    return endpoint


def _routes(service: Service) -> MapAdapter:
    """The routes of a service, by the rules that its app is built of."""
    rules = [Rule(rule, methods=[e.method], endpoint=e) for e in service for rule in e.rules]
    return Map(rules, strict_slashes=service.strict_slashes).bind("")


def _near(service: Service, name: str) -> list[str]:
    """Names that look like one, slugs by slugs and rules by rules."""
    known = {slug(e): None for e in service} | {f"{e.method} {rule}": None for e in service for rule in e.rules}
    return get_close_matches(name, known, _MOST_NEAR)
