"""Endpoints by name: a slug, or a method and a path, of a rule or of a real call."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cached_property

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


def find(service: Service, name: str) -> Endpoint:
    """The endpoint of a service that goes by a name. Raises NoSuchEndpoint."""
    return Finder(service).find(name)


class Finder:
    """Finds the endpoints of one service, many of them with routes that are made once."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def find(self, name: str) -> Endpoint:
        """The endpoint of a slug, of a rule as it is declared, or of a call: `GET /api/repos/weather/refs`.

        Raises NoSuchEndpoint.
        """
        method, _, path = name.strip().partition(" ")
        method, path = method.upper(), path.strip()
        for endpoint in self._service:
            if name == endpoint.slug or (endpoint.method == method and path in endpoint.rules):
                return endpoint
        found = self._routed(method, path.partition("?")[0]) if path else None
        if found is None:
            raise NoSuchEndpoint(name, self._near(name))
        return found

    def _routed(self, method: str, path: str) -> Endpoint | None:
        """The endpoint that the service's app would choose for a call."""
        try:
            endpoint, _ = self._routes.match(path, method)
        except (HTTPException, RequestRedirect):
            return None
        assert isinstance(endpoint, Endpoint)
        return endpoint

    @cached_property
    def _routes(self) -> MapAdapter:
        rules = [Rule(rule, methods=[e.method], endpoint=e) for e in self._service for rule in e.rules]
        return Map(rules, strict_slashes=self._service.strict_slashes).bind("")

    def _near(self, name: str) -> list[str]:
        """Names that look like one, slugs and rules alike."""
        known = [e.slug for e in self._service]
        known += [f"{e.method} {rule}" for e in self._service for rule in e.rules]
        return get_close_matches(name, known, _MOST_NEAR)
