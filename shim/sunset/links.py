"""Where callers of an endpoint are sent: the page that tells how to move, and the GraphQL API."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin

from shim.lifecycle import Lifecycle
from shim.rest.endpoint import Endpoint
from shim.services.backend import Backend


def page(backend: Backend, endpoint: Endpoint) -> str:
    """The page on moving away from an endpoint: a path where `[shim] origin` does not say at which host."""
    return f"{backend.instance.origin}/migrate/{backend.service.name}/{endpoint.slug}"


def address(backend: Backend, endpoint: Endpoint) -> str:
    """The page's URL for what is read away from the answer: at the service's own host where `[shim] origin` is not."""
    return urljoin(backend.config.origin, page(backend, endpoint))


def api(backend: Backend) -> str:
    """The service's GraphQL endpoint, as its users reach it."""
    return f"{backend.config.origin}/query"


def link(backend: Backend, endpoint: Endpoint, lifecycle: Lifecycle) -> str:
    """The Link header (RFC 8288) of an endpoint that ends; empty where nothing is declared."""
    relations = list(_relations(lifecycle))
    links = [f'<{page(backend, endpoint)}>; rel="{relation}"; type="text/html"' for relation in relations]
    return ", ".join([*links, f'<{api(backend)}>; rel="successor-version"'] if links else [])


def _relations(lifecycle: Lifecycle) -> Iterator[str]:
    if lifecycle.deprecated:
        yield "deprecation"
    if lifecycle.sunset or lifecycle.removal or lifecycle.brownouts:
        yield "sunset"
