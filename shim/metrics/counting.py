"""Counts the calls of one service, with every label looked up once."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

from shim.lifecycle import Lifecycle
from shim.metrics.families import Families
from shim.services.backend import Backend
from shim.services.hooks import Exchange

UNKNOWN = "unknown"
"""The endpoint of calls to paths that are none."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
OTHER = "other"
UNABLE = 501
"""The status of what GraphQL can't give, which is no failure and is told apart from those."""
_ALWAYS, _NEVER = float("-inf"), float("inf")


class Counting:
    """Counts what a service has answered."""

    def __init__(self, backend: Backend, families: Families) -> None:
        self._service, self._families = backend.service.name, families
        self._fates = {endpoint.slug: backend.lifecycle(endpoint) for endpoint in backend.service}
        self._endpoints: dict[str, _Endpoint] = {}
        self._operations: dict[str, Histogram] = {}
        self._own = families.own.labels(self._service)
        self._gate = families.gate.labels(self._service)
        families.busy.labels(self._service)
        for slug, fate in self._fates.items():
            if _announced(fate) < _NEVER:
                families.deprecated.labels(self._service, slug)  # from zero on, so that the first call is a rise

    def count(self, exchange: Exchange) -> None:
        """Count one answered call."""
        slug = UNKNOWN if exchange.endpoint is None else exchange.endpoint.slug
        endpoint = self._endpoints.get(slug)
        if endpoint is None:
            endpoint = self._endpoints[slug] = _Endpoint(self._families, self._service, slug, self._fates.get(slug))
        endpoint.count(exchange)
        asked = 0.0
        for operation, seconds in exchange.upstream:
            asked += seconds
            self._upstream(operation).observe(seconds)
        self._own.observe(max(0.0, exchange.seconds - asked - exchange.waited))
        if asked:
            self._gate.observe(exchange.waited)
        for kind in exchange.failures:
            self._families.errors.labels(self._service, kind.value).inc()

    def _upstream(self, operation: str) -> Histogram:
        known = self._operations.get(operation)
        if known is None:
            known = self._operations[operation] = self._families.upstream.labels(self._service, operation)
        return known


class _Endpoint:
    """Counts the calls of one endpoint."""

    def __init__(self, families: Families, service: str, slug: str, fate: Lifecycle | None) -> None:
        self._families, self._labels = families, (service, slug)
        self._seconds = families.seconds.labels(service, slug)
        self._bytes = families.bytes.labels(service, slug)
        self._announced = _announced(fate) if fate else _NEVER
        self._deprecated = families.deprecated.labels(service, slug) if self._announced < _NEVER else None
        self._requests: dict[tuple[str, int], Counter] = {}

    def count(self, exchange: Exchange) -> None:
        """Count one call."""
        self._answered(exchange.method, exchange.status).inc()
        self._seconds.observe(exchange.seconds)
        self._bytes.inc(exchange.bytes)
        if self._deprecated is not None and exchange.began >= self._announced:
            self._deprecated.inc()
        if exchange.refused:
            self._families.refused.labels(*self._labels).inc()
        if exchange.rehearsed:
            self._families.rehearsed.labels(*self._labels).inc()

    def _answered(self, method: str, status: int) -> Counter:
        key = method if method in METHODS else OTHER, status if status == UNABLE else status // 100
        known = self._requests.get(key)
        if known is None:
            kind = str(UNABLE) if status == UNABLE else f"{key[1]}xx"
            known = self._requests[key] = self._families.requests.labels(*self._labels, key[0], kind)
        return known


def _announced(fate: Lifecycle) -> float:
    """Since when an endpoint's end is known, in Unix seconds: a sunset alone says so as well."""
    if fate.deprecated is not None:
        return fate.deprecated.timestamp()
    return _NEVER if fate.sunset is None else _ALWAYS
